import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Binary, type DebianProgram, debianBinary } from '@cscapi/test-servers'
import { afterEach, beforeEach } from 'vitest'

/**
 * Whether the tests run as root. Other users are root in a namespace of their own only, where
 * netlink's buffers stay small.
 */
export const isRoot = process.getuid?.() === 0

/**
 * A network of its own, where firewalls can be loaded without any effect on the machine's. It ends
 * with the script.
 */
const NAMESPACE = isRoot ? ['--net'] : ['--map-root-user', '--net']

/**
 * Skips each test of the file where there can be no namespace. Returns what writes a file for the
 * test, and says where it is.
 */
export function filesForNamespace(): (name: string, text: string) => string {
  let folder = ''
  beforeEach((context) => {
    const refused = namespaceRefused()
    if (refused !== undefined) context.skip(`no network namespace: ${refused}`)
    folder = mkdtempSync(join(tmpdir(), 'cscapi-export-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  return (name, text) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
}

/** Why there can be none here, or `undefined`: it takes Linux, and a system that lets us. */
function namespaceRefused(): string | undefined {
  const { error, status, stderr } = spawnSync('unshare', [...NAMESPACE, 'true'], { encoding: 'utf8' })
  return error?.message ?? (status === 0 ? undefined : stderr.trim())
}

export interface Finished {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a shell script in a new network namespace, with the programs as functions of their names.
 * @throws Error that says which program is missing
 */
export async function inNamespace(programs: readonly DebianProgram[], script: string): Promise<Finished> {
  const functions = await Promise.all(
    programs.map(async (program) => shellFunctions(program, await debianBinary(program))),
  )
  const { error, status, stdout, stderr } = spawnSync('unshare', [...NAMESPACE, 'sh', '-s'], {
    input: `${functions.join('\n')}\n${script}`,
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  })
  if (error !== undefined) throw error
  return { status, stdout, stderr }
}

function shellFunctions({ names }: DebianProgram, { command, env = {} }: Binary): string {
  // iptables looks for what it matches with in a folder of its own.
  const extensions = env.LD_LIBRARY_PATH?.split(':').find((path) => path.endsWith('/xtables'))
  const settings = Object.entries({ ...env, ...(extensions !== undefined && { XTABLES_LIBDIR: extensions }) })
  const before = settings.map(([name, value]) => `${name}='${value}'`).join(' ')
  return names.map((name) => `${name}() { ${before} '${command}' "$@"; }`).join('\n')
}
