import { describe, expect, test } from 'vitest'
import { noFindings, watch } from './watch.js'

const NOW = Date.parse('2026-03-01T00:00:00Z')
const machineIds = { ssh: 's'.repeat(48), web: 'w'.repeat(48) }

async function watched(lines: readonly string[], now: number | (() => number) = NOW) {
  const findings = noFindings()
  const signals = []
  async function* input() {
    yield* lines
  }
  const options = { machineIds, publicOnly: false, now, utc: true, onProgress: () => {} }
  for await (const signal of watch(input(), findings, options)) signals.push(signal)
  return { signals, findings }
}

const attackers = async (lines: readonly string[]) => [...(await watched(lines)).findings.attackers].sort()

/**
 * A log in the shapes of a public one of 2,000 lines: an old sshd on one host for four hours,
 * behind rsyslog.
 */
class Log {
  readonly #lines: [at: number, line: string][] = []
  #pid = 24_200

  /** One connection that tries passwords, each so many seconds after the first. */
  tries(
    at: string,
    peer: string,
    { seconds = [0], user = 'root', isKnown = true, name = peer, repeated = 0, isNone = false } = {},
  ) {
    this.#pid += 2
    const pid = this.#pid
    const begin = Date.parse(`2025-12-10T${at}Z`)
    const port = 30_000 + (pid % 20_000)
    const say = (second: number, message: string) => {
      const time = new Date(begin + second * 1_000).toISOString().slice(11, 19)
      this.#lines.push([begin + second * 1_000, `Dec 10 ${time} lab sshd[${pid}]: ${message}`])
    }
    const pam = `logname= uid=0 euid=0 tty=ssh ruser= rhost=${name} ${isKnown ? ` user=${user}` : ''}`
    const failed = (method: string) =>
      `Failed ${method} for ${isKnown ? '' : 'invalid user '}${user} from ${peer} port ${port} ssh2`
    say(-2, `reverse mapping checking getaddrinfo for host.example [${peer}] failed - POSSIBLE BREAK-IN ATTEMPT!`)
    if (!isKnown) {
      say(-2, `Invalid user ${user} from ${peer}`)
      say(-2, `input_userauth_request: invalid user ${user} [preauth]`)
    }
    if (isNone) say(-2, failed('none'))
    say(-1, `pam_unix(sshd:auth): authentication failure; ${pam}`)
    for (const second of seconds) say(second, failed('password'))
    const last = seconds.at(-1) ?? 0
    if (repeated > 0) say(last + 9, `message repeated ${repeated} times: [ ${failed('password')}]`)
    const more = seconds.length + repeated - 1
    if (more > 2) say(last + 9, `Disconnecting: Too many authentication failures for ${user} [preauth]`)
    else say(last + 1, `Received disconnect from ${peer}: 11: Bye Bye [preauth]`)
    if (more > 0) say(last + 9, `PAM ${more} more authentication failure${more > 1 ? 's' : ''}; ${pam}`)
    return this
  }

  says(at: string, message: string) {
    const begin = Date.parse(`2025-12-10T${at}Z`)
    this.#pid += 2
    this.#lines.push([begin, `Dec 10 ${at} lab sshd[${this.#pid}]: ${message}`])
    return this
  }

  get lines(): string[] {
    return this.#lines.sort(([a], [b]) => a - b).map(([, line]) => line)
  }
}

describe('a long sshd log', () => {
  test('tells of every brute forcer and of nobody else', async () => {
    const log = new Log()
    const guilty = [1, 2, 3, 4, 5, 6, 7].map((host) => `203.0.113.${host}`)
    // Six tries of one connection, of which rsyslog writes one line and how often it came; one peer
    // has a name.
    log.tries('07:13:43', '203.0.113.1', { repeated: 5, name: 'line.dsl.example' })
    log.tries('08:39:49', '203.0.113.2', { repeated: 5 })
    // Six tries of one connection, line for line.
    log.tries('10:14:01', '203.0.113.3', { seconds: [0, 3, 5, 7, 9, 12], user: 'admin', isKnown: false })
    // Five connections within half a minute.
    for (const second of ['10:04:54', '10:04:56', '10:05:03', '10:05:10', '10:05:22']) log.tries(second, '203.0.113.4')
    // Two, a pause, and then five.
    for (const second of ['07:32:27', '07:32:29', '07:34:00', '07:34:04', '07:34:10', '07:34:15', '07:34:23'])
      log.tries(second, '203.0.113.5')
    // Three, another pause, five.
    log.tries('09:08:40', '203.0.113.6', { seconds: [0, 7, 14], user: 'admin', isKnown: false })
    log.tries('09:09:42', '203.0.113.6', { seconds: [0, 14, 24, 29, 37], user: 'admin', isKnown: false })
    // One connection after the other for minutes.
    for (let second = 0; second < 300; second += 5) {
      const time = new Date(Date.parse('2025-12-10T09:12:48Z') + second * 1_000).toISOString().slice(11, 19)
      log.tries(time, '203.0.113.7', { user: `user${second}`, isKnown: second % 2 === 0 })
    }
    // Three names tried within five seconds, each of them by three lines or more: three attempts.
    log.says('08:33:23', 'Did not receive identification string from 198.51.100.1')
    log.tries('08:33:26', '198.51.100.1', { user: 'support', isKnown: false })
    log.tries('08:33:29', '198.51.100.1', { user: 'uucp' })
    log.tries('08:33:31', '198.51.100.1', { user: 'admin', isKnown: false, isNone: true })
    // One try every three quarters of an hour.
    for (const time of ['07:07:45', '07:56:02', '08:44:27', '09:32:42', '10:21:09'])
      log.tries(time, '198.51.100.2', { user: 'test9', isKnown: false, name: 'host.cloud.example' })
    // A connection every quarter of an hour that tries nothing.
    for (const time of ['07:53:26', '08:07:00', '08:20:23', '08:33:40', '08:47:00'])
      log.says(time, 'Connection closed by 198.51.100.3 [preauth]')
    // Somebody who logs in, and mistypes sometimes.
    log.tries('09:30:00', '198.51.100.4', { user: 'fztu' })
    log.says('09:32:20', 'Accepted password for fztu from 198.51.100.4 port 49116 ssh2')
    log.says('09:45:06', 'Received disconnect from 198.51.100.4: 11: disconnected by user')
    expect(await attackers(log.lines)).toEqual(guilty)
  })
})

const failed = (second: number, peer = '203.0.113.7', day = 'Feb 12') =>
  `${day} 14:00:${String(second).padStart(2, '0')} host sshd[1]: Invalid user admin from ${peer} port 4242`
const FIVE = [0, 1, 2, 3, 4]

describe('what was found', () => {
  test('counts the lines of no use, and shows the first of them without what a terminal would obey', async () => {
    const { findings } = await watched([failed(0), `no log \u001b[2J\u202e${'x'.repeat(300)}`, 'nor this', failed(1)])
    expect(findings).toMatchObject({ lines: 4, other: 2, firstOther: { line: 2 } })
    expect(findings.firstOther?.text).toMatch(/^no log \uFFFD\[2J\uFFFDx+$/)
    expect(findings.firstOther?.text.length).toBe(200)
  })

  test('counts a line of sshd that tells of no attack as read, and one with two readings as of no use', async () => {
    const session = 'Feb 12 14:00:00 host sshd[1]: pam_unix(sshd:session): session opened for user root'
    const forged =
      'Feb 12 14:00:00 host sshd[1]: Failed hostbased for x from 203.0.113.77 port 22 ssh2: y from 198.51.100.1 port 1 ssh2'
    expect((await watched([session, forged])).findings).toMatchObject({ other: 1, firstOther: { line: 2 } })
  })

  test('a line of 64 KiB is of no use, whatever its beginning says', async () => {
    const { findings } = await watched(FIVE.map((second) => failed(second).padEnd(65_536, ' ')))
    expect(findings).toMatchObject({ other: 5, attacks: 0 })
  })

  test('nothing is dated in the future: a minute ahead is now, what is later is refused and told', async () => {
    const soon = await watched(
      [...FIVE, 30].map((second) => failed(second)),
      Date.parse('2026-02-12T14:00:02Z'),
    )
    expect(soon.signals).toMatchObject([{ stop_at: '2026-02-12T14:00:02.000Z' }])
    const later = await watched(
      [...FIVE, 30].map((second) => failed(second)),
      Date.parse('2026-02-12T13:58:00Z'),
    )
    expect(later.signals).toEqual([])
    expect(later.findings).toMatchObject({
      refused: 6,
      firstRefused: { line: 1, reason: expect.stringContaining('2026-02-12T14:00:00.000Z, is in the future') },
    })
  })

  test('a log that is read while it is written is measured by the clock of each line', async () => {
    let now = Date.parse('2026-02-12T13:00:00Z')
    const { signals } = await watched(
      FIVE.map((second) => failed(second)),
      () => {
        now += 3_600_000
        return now
      },
    )
    expect(signals.length).toBe(1)
  })

  test('an address that no signal can bear ends one line, not the run', async () => {
    const request = (address: string, path: number) =>
      `${address} - - [12/Feb/2026:14:00:0${path % 10} +0000] "GET /${path} HTTP/1.1" 404 1 "-" "-"`
    const paths = [0, 1, 2, 3, 4, 5, 6, 7]
    const { signals, findings } = await watched([
      ...paths.map((path) => request('1.2.3.04', path)),
      ...paths.map((path) => request('203.0.113.9', path)),
    ])
    expect(signals.map(({ source }) => source.value)).toEqual(['203.0.113.9'])
    // Whether the reader or the watch finds it out, it is counted.
    expect(findings.refused + findings.other).toBe(8)
  })

  test('one address has one form, so that its attempts are counted together', async () => {
    const lines = FIVE.map((second) => failed(second, second % 2 === 0 ? '203.0.113.7' : '::ffff:203.0.113.7'))
    expect(await attackers(lines)).toEqual(['203.0.113.7'])
  })

  test('who is dropped because too many are active is counted, and nobody is told of twice', async () => {
    const crowd = Array.from({ length: 30_000 }, (_, host) => failed(5, `2001:db8::${host.toString(16)}`))
    const { signals, findings } = await watched([...FIVE.map((second) => failed(second)), ...crowd, failed(6)])
    expect(signals.length).toBe(1)
    expect(findings.dropped).toBeGreaterThan(0)
  })
})
