import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Binary } from '@cscapi/test-servers'
import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'

/** A program, and what stands before its arguments. */
type Program = Binary & { readonly before?: readonly string[] }

/** What a program says that ends by itself; nothing where it fails. */
export async function outputOf({ command, env, before = [] }: Program, args: readonly string[]): Promise<string> {
  const options = { env: { ...process.env, ...env } }
  return promisify(execFile)(command, [...before, ...args], options).then(
    ({ stdout }) => stdout,
    () => '',
  )
}

/** A program that runs until its test ends, and what it has said. */
export interface Running {
  readonly child: ChildProcess
  output(): string
  stop(signal?: NodeJS.Signals): Promise<void>
}

export function run({ command, env, before = [] }: Program, args: readonly string[]): Running {
  const child = spawn(command, [...before, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += String(data)))
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  onTestFinished(() => stop('SIGKILL'))
  return { child, output: () => said, stop }
}

export const writeYaml = (path: string, value: unknown) => writeFileSync(path, stringify(value))

/** Debian's custom bouncer, which calls a script that keeps a record. */
export function customBouncerFiles(folder: string, url: string, key: string) {
  const record = join(folder, 'record')
  const script = join(folder, 'record.sh')
  writeFileSync(script, `#!/bin/sh\necho "$1 $2 $3 $4" >> '${record}'\n`)
  chmodSync(script, 0o755)
  const config = join(folder, 'custom.yaml')
  writeYaml(config, {
    bin_path: script,
    feed_via_stdin: false,
    total_retries: 0,
    scenarios_containing: [],
    scenarios_not_containing: [],
    origins: [],
    piddir: folder,
    update_frequency: '1s',
    cache_retention_duration: '1s',
    daemonize: true,
    log_mode: 'stdout',
    log_level: 'debug',
    api_url: `${url}/`,
    api_key: key,
    prometheus: { enabled: false, listen_addr: '127.0.0.1', listen_port: 60_602 },
  })
  return { config, record: () => (existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n') : []) }
}

/** Debian's firewall bouncer with nftables. */
export function firewallBouncerFiles(folder: string, url: string, key: string): string {
  const config = join(folder, 'firewall.yaml')
  const table = (name: string) => ({ enabled: true, 'set-only': false, table: name, chain: `${name}-chain` })
  writeYaml(config, {
    mode: 'nftables',
    pid_dir: folder,
    update_frequency: '1s',
    daemonize: true,
    log_mode: 'stdout',
    log_level: 'debug',
    api_url: `${url}/`,
    api_key: key,
    insecure_skip_verify: false,
    disable_ipv6: false,
    deny_action: 'DROP',
    deny_log: false,
    supported_decisions_types: ['ban'],
    blacklists_ipv4: 'crowdsec-blacklists',
    blacklists_ipv6: 'crowdsec6-blacklists',
    nftables: { ipv4: table('crowdsec'), ipv6: table('crowdsec6') },
    prometheus: { enabled: false, listen_addr: '127.0.0.1', listen_port: 60_601 },
  })
  return config
}
