import { describe, expect, test } from 'vitest'
import { LogReader } from './log-reader.js'

const NOW = Date.parse('2026-03-01T00:00:00Z')

/** What a log of this one line tells. */
const readLine = (text: string, now: number, utc = true) => {
  const reader = new LogReader()
  const { events } = reader.read(text, { now, utc })
  const [found] = [...events, ...reader.end()]
  if (found === undefined) return undefined
  const { line: _line, times: _times, ...event } = found
  return event
}

describe('a log line', () => {
  test.each([
    ['Invalid user pascal from 35.188.49.176 port 53502', '35.188.49.176', 'pascal'],
    ['Failed password for invalid user oracle from 203.0.113.7 port 22 ssh2', '203.0.113.7', 'oracle'],
    ['Failed password for root from 2001:db8::1 port 22 ssh2', '2001:db8::1', 'root'],
    ['Disconnected from authenticating user root 179.43.183.98 port 59402 [preauth]', '179.43.183.98', 'root'],
    ['Connection closed by invalid user a b 203.0.113.7 port 1 [preauth]', '203.0.113.7', 'a b'],
    [
      'Unable to negotiate with 123.57.135.134 port 45626: no matching key exchange method found.',
      '123.57.135.134',
      '',
    ],
    ['fatal: Timeout before authentication for 192.168.9.212 port 47056', '192.168.9.212', ''],
    ['Timeout before authentication for connection from 203.0.113.7 to 198.51.100.1, pid = 9', '203.0.113.7', ''],
    [
      'ssh_dispatch_run_fatal: Connection from 203.0.113.7 port 1: message authentication code incorrect [preauth]',
      '203.0.113.7',
      '',
    ],
    ['banner exchange: Connection from 203.0.113.7 port 1: invalid format', '203.0.113.7', ''],
    ['refused connect from attacker.example (::ffff:203.0.113.7)', '203.0.113.7', ''],
  ])('of sshd: %s', (message, address, target) => {
    for (const program of ['sshd[16378]', 'sshd-session[16379]']) {
      expect(readLine(`Feb 12 14:10:21 host ${program}: ${message}`, NOW)).toMatchObject({
        address,
        target,
        at: Date.parse('2026-02-12T14:10:21Z'),
      })
    }
  })

  test('of sshd may have an RFC 3339 time', () => {
    expect(
      readLine('2026-02-12T15:10:21.5+01:00 host sshd[1]: Invalid user x from 203.0.113.7 port 1', NOW),
    ).toMatchObject({ at: Date.parse('2026-02-12T14:10:21.500Z') })
  })

  test('of nginx or Apache, with and without a syslog header', () => {
    const line =
      '81.150.104.130 - - [15/Sep/2021:16:13:46 +0200] "POST /wp-login.php HTTP/1.1" 200 5364 "-" "Mozilla/5.0"'
    for (const text of [line, `Sep 15 16:13:46 host nginx[2869]: ${line}`, `www.acme.example:443 ${line}`]) {
      expect(readLine(text, NOW)).toEqual({
        kind: 'http-request',
        address: '81.150.104.130',
        at: Date.parse('2021-09-15T14:13:46Z'),
        target: 'POST /wp-login.php',
        status: 200,
        userAgent: 'Mozilla/5.0',
      })
    }
  })

  test('of nginx or Apache need not tell more than the common format, and may hold escaped quotes', () => {
    expect(readLine('203.0.113.9 - - [12/Feb/2026:14:00:00 +0000] "GET /a\\"b HTTP/1.1" 404 162', NOW)).toEqual({
      kind: 'http-request',
      address: '203.0.113.9',
      at: Date.parse('2026-02-12T14:00:00Z'),
      target: 'GET /a\\"b',
      status: 404,
    })
  })

  test.each([
    [
      '2021/09/30 09:23:53 [error] 19#19: *17 user "foo" was not found in "/tmp/a", client: 203.0.113.9, server: _',
      { kind: 'http-login', address: '203.0.113.9', target: 'foo', at: Date.parse('2021-09-30T09:23:53Z') },
    ],
    [
      '2022-02-13T10:46:27.775Z ACCEPT host=::ffff:203.0.113.9 port=61899 fd=4 n=1/4096',
      { kind: 'tarpit-connection', address: '203.0.113.9', target: '' },
    ],
    [
      '2022/05/06 05:10:03 [203.0.113.9:28696] authentication for user "admin" with password "x" accepted',
      { kind: 'honeypot-login', address: '203.0.113.9', target: 'admin' },
    ],
    [
      '2022/05/06 05:10:04 [[2001:db8::9]:28696] [channel 1] command "uname -a" requested',
      { kind: 'honeypot-command', address: '2001:db8::9', target: 'uname -a' },
    ],
  ])('of another kind: %s', (line, event) => {
    expect(readLine(line, NOW)).toMatchObject(event)
  })

  test('cannot be made to accuse somebody else', () => {
    const user = 'x from 198.51.100.1 port 1'
    expect(readLine(`Feb 12 14:10:21 host sshd[1]: Invalid user ${user} from 203.0.113.7 port 2`, NOW)?.address).toBe(
      '203.0.113.7',
    )
    const forged = '198.51.100.1 - - [12/Feb/2026:14:00:00 +0000] "GET /.env HTTP/1.1" 404 162'
    expect(readLine(`Feb 12 14:10:21 host postfix[1]: lost connection after HELO: ${forged}`, NOW)).toBeUndefined()
  })

  test('that tells of nothing is passed over', () => {
    for (const line of [
      '',
      'Feb 12 14:10:21 host sshd[1]: Accepted publickey for x from 203.0.113.7 port 1',
      'Feb 31 14:10:21 host sshd[1]: Invalid user x from 203.0.113.7 port 1',
      'noise',
    ]) {
      expect(readLine(line, NOW)).toBeUndefined()
    }
  })

  test('without a year is from the latest year that is not in the future', () => {
    const at = (text: string) => readLine(`${text} host sshd[1]: Invalid user x from 203.0.113.7 port 1`, NOW)?.at
    expect(at('Feb 28 23:59:59')).toBe(Date.parse('2026-02-28T23:59:59Z'))
    expect(at('Mar  1 12:00:00')).toBeUndefined()
    expect(at('Mar  3 00:00:00')).toBe(Date.parse('2025-03-03T00:00:00Z'))
    expect(at('Dec 31 23:00:00')).toBe(Date.parse('2025-12-31T23:00:00Z'))
    expect(at('Feb 29 00:00:00')).toBe(Date.parse('2024-02-29T00:00:00Z'))
  })
})
