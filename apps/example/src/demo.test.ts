import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startRedis } from '@cscapi/test-servers'
import { afterAll, describe, expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const LOGS = new URL('../../../../shared/data/logs/', import.meta.url)
const hasLogs = existsSync(LOGS)
const why = hasLogs ? '' : ' (skipped: there is no ../shared/data beside the checkout)'
const folder = mkdtempSync(join(tmpdir(), 'cscapi-example-'))
afterAll(() => rmSync(folder, { recursive: true }))

const demo = (args: readonly string[], input?: string) =>
  spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: folder },
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
      /Machines enrolled +enrolled, enrolled/,
      /Decisions pulled +250/,
      /Seen by the emulator +7 signals in 2 POSTs, 0 twice/,
    ])
      expect(stdout).toMatch(line)
    expect(stdout).toContain('Everything was delivered.')
  })

  test('a second run on the same store reports nothing twice', () => {
    const storage = `sqlite:${join(folder, 'kept.db')}`
    expect(demo(['--storage', storage]).stdout).toMatch(/Signals sent +7/)
    const again = demo(['--storage', storage])
    expect(again.status).toBe(0)
    expect(again.stdout).toMatch(/Signals queued +0, 7 already reported/)
    expect(again.stdout).toMatch(/Signals sent +0/)
  })

  test('takes another store by one flag', async () => {
    const redis = await startRedis()
    try {
      const { status, stdout } = demo(['--storage', redis.url])
      expect(status).toBe(0)
      expect(stdout).toMatch(/Signals sent +7/)
    } finally {
      await redis.stop()
    }
  }, 120_000)

  test('reads what is piped in', () => {
    const line = (second: number) => `Feb 12 14:10:2${second} host sshd[1]: Invalid user x from 203.0.113.7 port 1`
    const { status, stdout } = demo(['--storage', 'memory:'], [0, 1, 2, 3, 4].map(line).join('\n'))
    expect(status).toBe(0)
    expect(stdout).toMatch(/Signals sent +1/)
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
    [['--storage', 'mysql://x'], /must be memory:, sqlite:PATH or redis/],
    [['--environment', 'http://capi.example/v3'], /loopback/],
    [['--timeout-ms', 'soon'], /whole number of milliseconds/],
    [['--log', '/does/not/exist'], /cannot be read \(ENOENT\)/],
  ])('%j is refused in one line', (args, message) => {
    const { status, stderr } = demo(args)
    expect(status).toBe(2)
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n').length).toBe(1)
  })

  test('explains itself', () => {
    const { status, stdout } = demo(['--help'])
    expect(status).toBe(0)
    for (const flag of ['--log', '--storage', '--environment', '--yes', 'CSCAPI_ATTACHMENT_KEY'])
      expect(stdout).toContain(flag)
  })

  test.skipIf(!hasLogs).each([
    ['ssh-bf--ssh-bf.log', 'crowdsecurity/ssh-bf'],
    ['sshd-invalid-bf--sshd-invalid-bf.log', 'crowdsecurity/ssh-bf'],
    ['nginx-http-sensitive-files--nginx-http-sensitive-files.log', 'crowdsecurity/http-sensitive-files'],
    ['apache-http-probing--apache-http-probing.log', 'crowdsecurity/http-probing'],
  ])(`finds the attack in %s${why}`, (file, scenario) => {
    const { status, stdout } = demo(['--log', fileURLToPath(new URL(file, LOGS))])
    expect(status).toBe(0)
    expect(stdout).toContain(`${scenario}: 1 attack`)
    expect(stdout).toMatch(/Attackers +1 \(1 attack\)/)
    expect(stdout).toMatch(/Seen by the emulator +1 signal in 1 POST/)
  })
})
