import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { debianBinary } from '@cscapi/test-servers'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { onTestFinished, vi } from 'vitest'
import { cscapiOnPath } from './cscapi-on-path.js'
import { workspaceRoot } from './workspace.js'

const FAIL2BAN = { names: ['fail2ban-server'], packages: ['fail2ban'], path: 'usr/bin/fail2ban-server' }

export interface Jail {
  readonly name: string
  /** A filter of fail2ban's, or lines of one of the test's own. */
  readonly filter: string | readonly string[]
  readonly maxretry: number
}

/** Debian's fail2ban in a folder of its own, with our action in each jail. */
export async function arrangeFail2ban(jails: readonly Jail[], env: Readonly<Record<string, string>>) {
  const { command } = await debianBinary(FAIL2BAN)
  const root = dirname(dirname(dirname(command)))
  const folder = temporaryFolder()
  const at = (name: string) => join(folder, name)
  cpSync(join(root, 'etc/fail2ban'), at('conf'), { recursive: true })
  rmSync(at('conf/jail.d'), { recursive: true, force: true })
  cpSync(join(workspaceRoot, 'contrib/fail2ban/cscapi.conf'), at('conf/action.d/cscapi.conf'))
  const own = { logtarget: 'server.log', socket: 'socket', pidfile: 'pid', dbfile: 'bans.sqlite3' }
  const lines = Object.entries(own).map(([key, name]) => `${key} = ${at(name)}`)
  writeFileSync(at('conf/fail2ban.local'), ['[Definition]', ...lines, ''].join('\n'))
  mkdirSync(at('logs'))
  writeFileSync(at('conf/jail.local'), jails.map((jail) => jailText(jail, at)).join('\n'))
  for (const { name, filter } of jails) {
    writeFileSync(at(`logs/${name}.log`), '')
    if (typeof filter !== 'string')
      writeFileSync(at(`conf/filter.d/${name}.conf`), ['[Definition]', ...filter, ''].join('\n'))
  }
  const python = join(root, 'usr/lib/python3/dist-packages')
  const surroundings = { ...cscapiOnPath({ ...env, TZ: 'UTC' }), PYTHONPATH: python }

  /** Runs it until the function that comes is called. */
  async function start(): Promise<() => Promise<void>> {
    const child = spawn('/usr/bin/python3', [command, '-c', at('conf'), '-f', 'start'], {
      cwd: folder,
      env: surroundings,
      stdio: 'ignore',
    })
    const ended = once(child, 'exit')
    onTestFinished(() => void child.kill('SIGKILL'))
    return async () => {
      child.kill('SIGTERM')
      await ended
    }
  }
  /** `fail2ban-client`. */
  async function tell(...args: readonly string[]): Promise<void> {
    const client = join(dirname(command), 'fail2ban-client')
    const child = spawn('/usr/bin/python3', [client, '-c', at('conf'), ...args], {
      env: surroundings,
      stdio: 'ignore',
    })
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new Error(`fail2ban-client ${args.join(' ')} ended with ${code}`)
  }
  const log = () => (existsSync(at('server.log')) ? readFileSync(at('server.log'), 'utf8') : '')
  const until = (what: RegExp) =>
    vi
      .waitUntil(() => what.test(log()), { timeout: 120_000, interval: 50 })
      .catch((error: unknown) => {
        throw new Error(`${what} never came: ${log().slice(-3_000)}`, { cause: error })
      })
  const write = (jail: string, lines: readonly string[]) =>
    appendFileSync(at(`logs/${jail}.log`), lines.map((line) => `${line}\n`).join(''))
  return { folder, start, tell, log, until, write }
}

function jailText({ name, filter, maxretry }: Jail, at: (name: string) => string): string {
  return [
    `[${name}]`,
    'enabled = true',
    'backend = polling',
    `filter = ${typeof filter === 'string' ? filter : name}`,
    `maxretry = ${maxretry}`,
    `logpath = ${at(`logs/${name}.log`)}`,
    'action = cscapi',
    '',
  ].join('\n')
}
