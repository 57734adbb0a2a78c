import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Lists of packages of our own, for a machine whose system has none or old ones. Needs no root and
 * changes nothing outside `folder`.
 */
async function privateLists(folder: string): Promise<string[]> {
  const lists = join(folder, 'lists')
  const cache = join(folder, 'cache')
  mkdirSync(join(lists, 'partial'), { recursive: true })
  mkdirSync(join(cache, 'archives', 'partial'), { recursive: true })
  const options = [
    '-o',
    `Dir::State::lists=${lists}`,
    '-o',
    `Dir::Cache=${cache}`,
    '-o',
    'APT::Sandbox::User=root',
    '-o',
    'Debug::NoLocking=1',
  ]
  await run('apt-get', [...options, 'update'], { timeout: 120_000 })
  return options
}

async function download(names: readonly string[], options: readonly string[], folder: string): Promise<void> {
  // Simulated, this names the packages that the machine lacks, libraries included.
  const plan = await run('apt-get', [...options, '-s', '--no-install-recommends', 'install', ...names], {
    timeout: 60_000,
  })
  const missing = [...plan.stdout.matchAll(/^Inst (\S+)/gm)].flatMap((match) => match[1] ?? [])
  const packages = new Set([...missing, ...names])
  await run('apt-get', [...options, '-o', 'APT::Sandbox::User=root', 'download', ...packages], {
    cwd: folder,
    timeout: 120_000,
  })
}

/**
 * Brings packages of Debian or Ubuntu, with the libraries that the machine lacks, into `target`
 * without installing anything on the system.
 */
export async function unpackDebianPackages(names: readonly string[], target: string): Promise<void> {
  const work = `${target}.${process.pid}`
  const debs = join(work, 'debs')
  const root = join(work, 'root')
  mkdirSync(debs, { recursive: true })
  mkdirSync(root)
  try {
    await download(names, [], debs).catch(async () => download(names, await privateLists(work), debs))
    for (const deb of readdirSync(debs).filter((name) => name.endsWith('.deb')))
      await run('dpkg-deb', ['-x', join(debs, deb), root])
    renameSync(root, target)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
