import { execFile } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findCrowdsec, freePort } from '@cscapi/test-servers'
import { expect } from 'vitest'
import { run, writeYaml } from './debian-clients.js'

interface Credentials {
  readonly login: string
  readonly password: string
}

/** What the engine's configuration says of the Local API: whose client it is, or what it serves. */
type Api = Readonly<Record<string, unknown>>

/** Debian's engine as an agent without a Local API, and its `cscli`. */
export async function agentFiles(folder: string, url: string, credentials: Credentials) {
  const files = await engineFiles(folder, {})
  writeYaml(join(folder, 'etc/credentials.yaml'), { url: `${url}/`, ...credentials })
  return files
}

/** Debian's engine as a Local API that nothing reads logs for, and that never calls CAPI. */
export async function startEngine(folder: string, machine: Credentials, key: string): Promise<{ url: string }> {
  const port = await freePort()
  const etc = join(folder, 'etc')
  const { config, crowdsec, cscli, root } = await engineFiles(folder, {
    server: {
      log_level: 'info',
      listen_uri: `127.0.0.1:${port}`,
      profiles_path: join(etc, 'profiles.yaml'),
      console_path: join(etc, 'console.yaml'),
      trusted_ips: ['127.0.0.1', '::1'],
    },
  })
  cpSync(join(root, 'etc/crowdsec/profiles.yaml'), join(etc, 'profiles.yaml'))
  const url = `http://127.0.0.1:${port}`
  writeYaml(join(etc, 'credentials.yaml'), { url: `${url}/`, ...machine })
  const others = join(folder, 'credentials-of-the-machine.yaml')
  await cscli('machines', 'add', machine.login, '--password', machine.password, '-f', others)
  await cscli('bouncers', 'add', 'bouncer-1', '-k', key)
  const engine = run(crowdsec, ['-no-cs', '-c', config])
  await expect
    .poll(() => fetch(`${url}/health`).then(({ status }) => status), { timeout: 60_000 })
    .toBe(200)
    .catch((error) => {
      throw new Error(`Debian's engine does not serve: ${engine.output()}`, { cause: error })
    })
  return { url }
}

async function engineFiles(folder: string, api: Api) {
  const { crowdsec, cscli, root } = await findCrowdsec()
  const etc = join(folder, 'etc')
  const hub = join(root, 'usr/share/crowdsec/hub')
  for (const name of [
    'parsers/s00-raw',
    'parsers/s01-parse',
    'parsers/s02-enrich',
    'scenarios',
    'postoverflows',
    'collections',
    'notifications',
    'plugins',
    'data',
  ])
    mkdirSync(join(etc, name), { recursive: true })
  cpSync(join(root, 'etc/crowdsec/patterns'), join(etc, 'patterns'), { recursive: true })
  cpSync(join(root, 'etc/crowdsec/simulation.yaml'), join(etc, 'simulation.yaml'))
  symlinkSync(hub, join(etc, 'hub'))
  for (const name of [
    'parsers/s00-raw/syslog-logs',
    'parsers/s01-parse/sshd-logs',
    'parsers/s02-enrich/dateparse-enrich',
    'scenarios/ssh-bf',
  ]) {
    const stage = name.slice(0, name.lastIndexOf('/'))
    const from = join(hub, stage, 'crowdsecurity', `${name.slice(stage.length + 1)}.yaml`)
    symlinkSync(from, join(etc, `${name}.yaml`))
  }
  const log = join(folder, 'auth.log')
  writeFileSync(log, '')
  writeYaml(join(etc, 'acquis.yaml'), { filenames: [log], labels: { type: 'syslog' } })
  const config = join(etc, 'config.yaml')
  writeYaml(config, {
    common: { daemonize: false, log_media: 'stdout', log_level: 'info', log_dir: folder, working_dir: '.' },
    config_paths: {
      config_dir: etc,
      data_dir: join(etc, 'data'),
      simulation_path: join(etc, 'simulation.yaml'),
      hub_dir: join(etc, 'hub'),
      index_path: join(etc, 'hub/.index.json'),
      notification_dir: join(etc, 'notifications'),
      plugin_dir: join(etc, 'plugins'),
    },
    crowdsec_service: { acquisition_path: join(etc, 'acquis.yaml'), parser_routines: 1 },
    cscli: { output: 'json', color: 'no' },
    db_config: { log_level: 'info', type: 'sqlite', db_path: join(etc, 'data/crowdsec.db'), use_wal: false },
    api: { client: { insecure_skip_verify: false, credentials_path: join(etc, 'credentials.yaml') }, ...api },
    prometheus: { enabled: false },
  })
  const cscliRun = async (...args: string[]) => {
    const options = { env: { ...process.env, ...cscli.env } }
    return (await promisify(execFile)(cscli.command, ['-c', config, ...args], options)).stdout
  }
  return { crowdsec, config, log, root, cscli: cscliRun }
}

/** Somebody who guesses passwords, in the log of an ssh server: the agent posts two alerts. */
export function attack(log: string, ip: string): void {
  const [, day, month, , time] = new Date().toUTCString().split(' ')
  const line = (number: number) =>
    `${month} ${day} ${time} host sshd[400${number}]: Failed password for invalid user u${number} from ${ip} port 5000${number} ssh2\n`
  appendFileSync(log, Array.from({ length: 7 }, (_, number) => line(number)).join(''))
}
