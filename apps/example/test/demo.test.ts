import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Signal } from '@cscapi/client'
import { createEmulator } from '@cscapi/emulator'
import { freePort, startPostgres, startRedis } from '@cscapi/test-servers'
import { afterAll, describe, expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'

const MAIN = await bundleProgram(new URL('../src/main.ts', import.meta.url))
/** Logs of the CrowdSec hub's own tests. */
const LOGS = new URL('../../../packages/inputs/test/samples/', import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'cscapi-example-'))
afterAll(() => rmSync(folder, { recursive: true }))

const packed = join(folder, 'auth.log.xz')
writeFileSync(packed, Buffer.from('fd377a585a000000ff12d94104c02c', 'hex'))

/** Five failed logins of one address. */
const attack = [0, 1, 2, 3, 4]
  .map((second) => `Feb 12 14:10:2${second} host sshd[1]: Invalid user x from 203.0.113.7 port 1`)
  .join('\n')

// pnpm's own launcher of the tests names more folders to find modules in than a user's shell does.
const { NODE_PATH: _, ...userEnvironment } = process.env
const env = { ...userEnvironment, TMPDIR: folder }

/**
 * A day of 2,000 lines: two attackers over SSH, one of them by IPv6, and one of the web server; all
 * others mistype once, work, or write somebody else's address where a client can write.
 */
function longLog(): string[] {
  const time = (index: number) => new Date(Date.UTC(2026, 1, 12, 3) + index * 20_000).toISOString()
  const sshd = (index: number, text: string) => `${time(index)} host sshd[${1_000 + index}]: ${text}`
  const web = (index: number, from: string, path: string, status: number) => {
    const [, day, hour] = /^(.{10})T(.{8})/.exec(time(index)) ?? []
    return `${from} - - [12/Feb/${day?.slice(0, 4)}:${hour} +0000] "GET ${path} HTTP/1.1" ${status} 5 "-" "198.51.100.66"`
  }
  return Array.from({ length: 2_000 }, (_, index) => {
    const visitor = `198.51.100.${index % 60}`
    if (index >= 500 && index < 520) return sshd(500, `Failed password for root from 203.0.113.7 port ${index} ssh2`)
    if (index >= 900 && index < 920) return sshd(900, `Invalid user x from 2001:db8::7 port ${index}`)
    if (index >= 1_200 && index < 1_212) return web(1_200, '203.0.113.8', `/.env${index}`, 404)
    if (index % 50 === 0) return sshd(index, `Failed password for alice from ${visitor} port ${index} ssh2`)
    if (index % 7 === 0) return sshd(index, `Invalid user from 198.51.100.77 port 1 from ${visitor} port 22222`)
    if (index % 3 === 0) return sshd(index, `Accepted publickey for alice from ${visitor} port ${index} ssh2`)
    return web(index, visitor, `/page/${index}`, 200)
  })
}

/** Of this run of the tests alone: others may run at the same time. */
const port = String(await freePort())
const ownPort = ['--emulator-port', port]

const demo = (args: readonly string[], input?: string) =>
  spawnSync(process.execPath, [MAIN, '--once', ...args], {
    encoding: 'utf8',
    env,
    ...(input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
  })

describe('the demo', () => {
  test('reads the sample, delivers everything, and tells it in a table', () => {
    const { status, stdout, stderr } = demo([])
    expect(stderr).toBe('')
    expect(status).toBe(0)
    for (const line of [
      /Attackers +6 \(7 attacks\)/,
      /Signals sent +7/,
      /Machines enrolled +2 enrolled/,
      /Decisions +252 pulled, 1 list among them/,
      /Already blocked +0 of 6 attackers/,
      /Sends +2 POSTs/,
      /Seen by the emulator +7 signals in 2 POSTs, 0 twice/,
    ])
      expect(stdout).toMatch(line)
    expect(stdout).toContain('Everything was delivered.')
  })

  test('explains itself first, and says where its page was', () => {
    const { stdout } = demo(['--storage', 'memory:'])
    expect(stdout).toMatch(/^CrowdSec is a network in which servers tell each other who attacks them\.\n/)
    const [, page] = /Watch it in a browser: (http:\/\/127\.0\.0\.1:\d+\/)\n/.exec(stdout) ?? []
    expect(page).toBeDefined()
    expect(stdout).toContain(`Operations page        was at ${page}\n`)
  })

  test('--open shows the page in a browser, and says so where there is none', async () => {
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    const args = [MAIN, '--once', '--open', '--storage', 'memory:']
    const open = () =>
      spawnSync(process.execPath, args, {
        ...{ encoding: 'utf8', env: { ...env, PATH: bin }, stdio: ['ignore', 'pipe', 'inherit'] },
      })
    expect(open().stdout).toContain('There is no browser here')
    const opened = join(folder, 'opened')
    writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\necho "$1" > ${opened}\n`, { mode: 0o755 })
    const [, page] = /Watch it in a browser: (\S+)/.exec(open().stdout) ?? []
    await expect.poll(() => existsSync(opened) && readFileSync(opened, 'utf8')).toBe(`${page}\n`)
  })

  test('serves its page while it goes through the sample, attack by attack, and ends when it is told to', async () => {
    const child = spawn(process.execPath, [MAIN, '--storage', 'memory:'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    await expect.poll(() => stdout).toMatch(/ performed 'crowdsecurity\/ssh-bf'/)
    const [, page = ''] = /in a browser: (\S+)/.exec(stdout) ?? []
    expect((await fetch(page)).status).toBe(200)
    expect(await (await fetch(new URL('metrics', page))).text()).toMatch(/cscapi_/)
    child.kill('SIGTERM')
    const [code] = await once(child, 'close')
    expect(code).toBe(1)
    expect(stdout).toMatch(/Stopped\./)
  })

  test('reports whom a log of 2,000 lines shows, and nobody else', async () => {
    const emulator = createEmulator({ strict: true })
    const { url, close } = await emulator.listen()
    try {
      const child = spawn(process.execPath, [MAIN, '--utc', '--storage', 'memory:', '--environment', url], {
        ...{ env, stdio: ['pipe', 'pipe', 'inherit'] },
      })
      child.stdin.end(longLog().join('\n'))
      child.stdout.resume()
      const [code] = await once(child, 'close')
      expect(code).toBe(0)
      const reported = [...emulator.signals].map(({ signal }) => (signal as Signal).source.value)
      expect(new Set(reported)).toEqual(new Set(['203.0.113.7', '203.0.113.8', '2001:db8::7']))
    } finally {
      await close()
    }
  })

  test('a second run on the same store reports nothing twice', () => {
    const storage = ['--storage', `sqlite:${join(folder, 'kept.db')}`, ...ownPort]
    expect(demo(storage).stdout).toMatch(/Signals sent +7/)
    const again = demo(storage)
    expect(again.status).toBe(0)
    expect(again.stdout).toMatch(/Signals queued +0, 7 already reported/)
    expect(again.stdout).toMatch(/Signals sent +0/)
    expect(again.stdout).toMatch(/Machines enrolled +2 enrolled/)
    expect(again.stdout).toMatch(/Decisions +252 in the store; the next pull is due in \d+ min/)
  })

  test.each([
    ['Redis', () => startRedis()],
    ['PostgreSQL', () => startPostgres()],
  ])('takes %s for its store by one flag', async (_, start) => {
    const server = await start()
    try {
      const { status, stdout } = demo(['--storage', server.url, ...ownPort])
      expect(status).toBe(0)
      expect(stdout).toMatch(/Signals sent +7/)
    } finally {
      await server.stop()
    }
  })

  test('reads what a shell pipes in', () => {
    const pipeline = 'printf %s "$1" | "$2" "$3" --storage "$4" --emulator-port "$5"'
    const storage = `sqlite:${join(folder, 'piped.db')}`
    const { status, stdout, stderr } = spawnSync(
      'sh',
      ['-c', pipeline, 'sh', attack, process.execPath, MAIN, storage, port],
      { encoding: 'utf8', env },
    )
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toMatch(/Signals sent +1/)
  })

  test('reads the sample when what is piped in is empty', () => {
    expect(demo(['--storage', 'memory:'], '').stdout).toMatch(/Signals sent +7/)
  })

  test('stops while it waits for more of a log; what it has seen is kept, and sent by the next run', async () => {
    const storage = ['--storage', `sqlite:${join(folder, 'stopped.db')}`, ...ownPort]
    const child = spawn(process.execPath, [MAIN, ...storage], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    child.stdout.setEncoding('utf8')
    let stdout = ''
    // The log is never ended; the demo is stopped once it reads.
    child.stdout.on('data', (text: string) => {
      if (stdout === '') child.kill('SIGTERM')
      stdout += text
    })
    child.stdin.write(`${attack}\n`)
    const [code] = await once(child, 'close')
    child.stdin.destroy()
    expect(code).toBe(1)
    expect(stdout).toMatch(/Stopped\. \d signals? waits? in the store: .*stopped\.db/)
    const rest = demo(storage, attack)
    expect(rest.status).toBe(0)
    expect(rest.stdout).toMatch(/Signals sent +1/)
  })

  test('ends when its store cannot be opened, even if the log that is piped in does not', async () => {
    const storage = ['--storage', 'postgres://127.0.0.1:1/db', '--timeout-ms', '500', ...ownPort]
    const child = spawn(process.execPath, [MAIN, ...storage], { env, stdio: ['pipe', 'ignore', 'ignore'] })
    child.stdin.write(`${attack}\n`)
    const [code] = await once(child, 'close')
    child.stdin.destroy()
    expect(code).toBe(1)
  })

  test('delivers everything even if nobody reads what it prints', async () => {
    const emulator = createEmulator()
    const { url, close } = await emulator.listen()
    try {
      const child = spawn(process.execPath, [MAIN, '--once', '--storage', 'memory:', '--environment', url], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      child.stdout.destroy()
      const [code] = await once(child, 'exit')
      expect(code).toBe(0)
      expect(emulator.signals.size).toBe(7)
    } finally {
      await close()
    }
  })

  test('never sends the sample to the real service, and asks before it sends a log', () => {
    expect(demo(['--environment', 'production'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('needs --log FILE'),
    })
    expect(demo(['--environment', 'production', '--log', MAIN])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--machine-key'),
    })
    const log = [0, 1, 2, 3, 4]
      .map((second) => `Feb 12 14:10:2${second} host sshd[1]: Invalid user x from 8.8.4.4 port 1`)
      .join('\n')
    const asked = demo(['--environment', 'development', '--machine-key', 'test', '--storage', 'memory:'], log)
    expect(asked).toMatchObject({ status: 2, stderr: expect.stringContaining('Add --yes to send 1 signal') })
  })

  test.each([
    [['--bogus'], /unknown option '--bogus'/],
    [['--storage', 'mysql://x'], /must be memory:, sqlite:PATH, postgres/],
    [['--environment', 'http://capi.example/v3'], /loopback/],
    [['--timeout-ms', 'soon'], /whole number of milliseconds/],
    [['--storag', 'memory:'], /unknown option '--storag' \(Did you mean --storage\?\)/],
    [['--storage', 'memory:', '--storage', 'memory:'], /--storage is given twice/],
    [['--emulator-port', '0'], /--emulator-port must be a whole number from 1 to 65535/],
    [['--utc', '--utc'], /--utc is given twice/],
    [['/var/log/auth.log'], /too many arguments/],
    [['--log'], /argument missing/],
    [['--once', '--once'], /--once is given twice/],
    [['--follow', '/var/log/auth.log'], /--follow must be FORMAT=FILE, with one of these formats: .*sshd/],
    [['--follow', 'nothing=/var/log/auth.log'], /--follow must be FORMAT=FILE/],
    [['--honeypot', 'http://0.0.0.0'], /--honeypot must be PORT or HOST:PORT/],
    [['--honeypot', '65536'], /--honeypot must be PORT or HOST:PORT/],
    [['--honeypot', '0', '--log', MAIN], /give the one or the others/],
    [['--honeypot', '0', '--environment', 'production', '--machine-key', 'x'], /Add --yes to send/],
    [['--honeypot', '0', '--never-report', 'somewhere'], /--never-report must be an address or a range/],
    [['--log', '/does/not/exist'], /cannot be read \(ENOENT\)/],
    [['--log', folder], /is a folder: name a file in it/],
    [['--log', MAIN, '--log', relative(process.cwd(), MAIN)], /is the same as .*: what is in it would count twice/],
    [['--log', '-', '--log', '-'], /standard input is the same as standard input/],
    [['--log', packed], /is compressed with xz; unpack it first/],
  ])('%j is refused in one line', (args, message) => {
    const { status, stderr } = demo(args)
    expect(status).toBe(2)
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n').length).toBe(1)
  })

  test.each([
    [['--storage', 'mysql://u:hunter2@host/db']],
    [['--storage', 'sqlite://u:hunter2@host/x.db']],
    [['--storage', 'postgres://u:hunter2@127.0.0.1:1/db']],
    [['--storage', 'redis://u:hunter2@127.0.0.1:1']],
    [['--storage=hunter2']],
    [['--storge=postgres://u:hunter2@host/db']],
    [['-shunter2']],
    [['--yes=hunter2']],
    [['--environment', 'http://u:hunter2@capi.example/v3']],
    [['--environment', 'http://u:hunter2@127.0.0.1:1/v3']],
    [['--environment', 'u:hunter2@host']],
    [['--timeout-ms', 'redis://u:hunter2@host']],
    [['--log', 'postgres://u:hunter2@host/db']],
    [['postgres://u:hunter2@host/db']],
  ])('%j fails without telling the password', (args) => {
    const { status, stdout, stderr } = demo([
      ...ownPort,
      ...(args[0] === '--timeout-ms' ? [] : ['--timeout-ms', '500']),
      ...args,
    ])
    expect([1, 2]).toContain(status)
    expect(stderr).not.toBe('')
    expect(stdout + stderr).not.toContain('hunter2')
  })

  test('says first when it understood nothing, and does not end as if all were well', () => {
    const { status, stdout } = demo(['--storage', 'memory:'], '{"level":"error"}\n\u001b[2J\n')
    expect(status).toBe(0)
    expect(stdout.split('\n')[2]).toBe('None of 2 lines was of use here. Line 1, for one: {"level":"error"}')
    expect(stdout).not.toContain('Everything was delivered')
    expect(stdout).not.toContain('\u001b')
  })

  test('reads nginx’s and Apache’s error logs, and trusts no line that a client wrote there', () => {
    const login = (second: number, address: string) =>
      `2026/02/12 14:10:0${second} [error] 1#1: *1 user "x": password mismatch, client: ${address}, server: _, request: "GET / HTTP/1.1", host: "h"`
    const apache = (second: number) =>
      `[Thu Feb 12 14:10:0${second}.000000 2026] [auth_basic:error] [pid 1:tid 2] [client 203.0.113.8:5] AH01618: user x not found: /`
    const forged = [0, 1, 2, 3, 4].flatMap((second) => [
      '2026/02/12 14:10:00 [error] 1#1: *1 open() "/srv/x',
      login(second, '203.0.113.77'),
      'y" failed (2: No such file or directory), client: 203.0.113.9, server: _, request: "GET /x%0ay HTTP/1.1", host: "h"',
    ])
    const honest = [0, 1, 2, 3, 4].map((second) => login(second, '203.0.113.7'))
    const input = [...Array.from({ length: 5 }, (_, second) => apache(second)), ...honest, 'z'.repeat(2_100), ...forged]
    const emulated = spawnSync(process.execPath, [MAIN, '--storage', 'memory:', '--utc'], {
      encoding: 'utf8',
      env: { ...env, TZ: 'Asia/Tokyo' },
      input: input.join('\n'),
    })
    expect(emulated.status).toBe(0)
    expect(emulated.stdout).toMatch(/Attackers +2 \(2 attacks\)/)
    expect(emulated.stdout).toMatch(/Signals sent +2/)
  })

  test('says what to do when the port that was named for its emulator is taken', async () => {
    const listening = await createEmulator().listen()
    try {
      const taken = demo(['--emulator-port', String(listening.port)])
      expect(taken).toMatchObject({ status: 2, stdout: '' })
      expect(taken.stderr).toMatch(
        /^Port \d+, where the emulator is to listen, is taken\. Name another with --emulator-port; .*\n$/,
      )
    } finally {
      await listening.close()
    }
  })

  test('explains itself', () => {
    const { status, stdout } = demo(['--help'])
    expect(status).toBe(0)
    for (const flag of ['--log', '--utc', '--storage', '--environment', '--yes', 'CSCAPI_ATTACHMENT_KEY'])
      expect(stdout).toContain(flag)
    expect(stdout).not.toMatch(/default: (\[\]|false)/)
  })

  test.each([
    ['ssh-bf.log', 1, ['crowdsecurity/ssh-bf: 1']],
    ['sshd-invalid-bf.log', 1, ['crowdsecurity/ssh-bf: 1']],
    ['nginx-http-sensitive-files.log', 1, ['crowdsecurity/http-sensitive-files: 1']],
    ['apache-http-probing.log', 1, ['crowdsecurity/http-probing: 1']],
    ['ssh-slow-bf.log', 1, ['crowdsecurity/ssh-slow-bf: 1']],
    ['ssh-timeout.log', 2, ['crowdsecurity/ssh-cve-2024-6387: 2']],
    ['sshd-bad-keyexchange-bf.log', 3, ['lepresidente/ssh-bad-keyexchange-bf: 3']],
    ['sshd-logs.log', 0, []],
    ['http-admin-interface-probing.log', 1, ['http-admin-interface-probing: 1']],
    ['http-bf-wordpress-bf.log', 1, ['crowdsecurity/http-bf-wordpress_bf: 1']],
    ['nginx-http-generic-bf.log', 1, ['crowdsecurity/http-generic-bf: 1', 'LePresidente/http-generic-401-bf: 1']],
    ['nginx-http-xss-probing.log', 1, ['crowdsecurity/http-xss-probbing: 1']],
    ['endlessh.log', 1, ['crowdsecurity/endlessh-bf: 1']],
    ['sshesame.log', 6, ['thespad/sshesame-cmd: 4', 'thespad/sshesame-bf: 4']],
  ])(`finds in %s the %i attackers that are in it`, (file, attackers, scenarios) => {
    const { status, stdout } = demo(['--storage', 'memory:', '--log', fileURLToPath(new URL(file, LOGS))])
    expect(status).toBe(0)
    for (const scenario of scenarios) expect(stdout).toContain(scenario)
    expect(stdout).toMatch(new RegExp(`Attackers +${attackers} `))
    const signals = scenarios.reduce((sum, scenario) => sum + Number(scenario.split(': ')[1]), 0)
    expect(stdout).toMatch(
      new RegExp(`Seen by the emulator +${signals} signals? in ${signals > 0 ? '1 POST' : '0 POSTs'}`),
    )
  })
})
