import { signalSchema } from '@cscapi/signals'
import { describe, expect, test } from 'vitest'
import { readLine } from './log-event.js'
import { noFindings, watch } from './watch.js'

const NOW = Date.parse('2026-03-01T00:00:00Z')
const machineIds = { ssh: 's'.repeat(48), web: 'w'.repeat(48) }

async function signalsFrom(lines: readonly string[], publicOnly = false) {
  const findings = noFindings()
  const signals = []
  async function* input() {
    yield* lines
  }
  for await (const signal of watch(input(), findings, { machineIds, publicOnly, now: NOW, onProgress: () => {} }))
    signals.push(signal)
  return { signals, findings }
}

const failed = (second: number, address = '203.0.113.7', minute = 0) =>
  `Feb 12 14:${String(minute).padStart(2, '0')}:${String(second).padStart(2, '0')} host sshd[1]: Invalid user admin from ${address} port 4242`
const request = (second: number, path: string, status = 404, method = 'GET') =>
  `203.0.113.9 - - [12/Feb/2026:14:00:${String(second).padStart(2, '0')} +0100] "${method} ${path} HTTP/1.1" ${status} 162 "-" "curl/8"`

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
      'handshake',
    ],
    ['fatal: Timeout before authentication for 192.168.9.212 port 47056', '192.168.9.212', 'handshake'],
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
    for (const text of [line, `Sep 15 16:13:46 host nginx[2869]: ${line}`]) {
      expect(readLine(text, NOW)).toEqual({
        kind: 'http-request',
        address: '81.150.104.130',
        at: Date.parse('2021-09-15T14:13:46Z'),
        target: 'POST /wp-login.php',
        status: 200,
      })
    }
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
    expect(at('Mar  1 12:00:00')).toBe(Date.parse('2026-03-01T12:00:00Z'))
    expect(at('Mar  3 00:00:00')).toBe(Date.parse('2025-03-03T00:00:00Z'))
    expect(at('Dec 31 23:00:00')).toBe(Date.parse('2025-12-31T23:00:00Z'))
    expect(at('Feb 29 00:00:00')).toBe(Date.parse('2024-02-29T00:00:00Z'))
  })
})

describe('detection', () => {
  test('five failed logins of one address within a minute are one attack, four are none', async () => {
    const five = await signalsFrom([0, 5, 10, 15, 20].map((second) => failed(second)))
    expect(five.signals).toMatchObject([
      {
        scenario: 'crowdsecurity/ssh-bf',
        machine_id: machineIds.ssh,
        source: { value: '203.0.113.7' },
        start_at: '2026-02-12T14:00:00.000Z',
        stop_at: '2026-02-12T14:00:20.000Z',
      },
    ])
    expect((await signalsFrom([0, 5, 10, 15].map((second) => failed(second)))).signals).toEqual([])
  })

  test('addresses are counted apart, and a pause ends an attack', async () => {
    const mixed = [0, 1, 2, 3].flatMap((second) => [failed(second), failed(second, '203.0.113.8')])
    expect((await signalsFrom(mixed)).signals).toEqual([])
    const twice = [
      ...[0, 1, 2, 3, 4].map((second) => failed(second)),
      ...[0, 1, 2, 3, 4].map((second) => failed(second, '203.0.113.7', 30)),
    ]
    expect((await signalsFrom(twice)).signals.length).toBe(2)
  })

  test('probing counts different paths, and knows what is sensitive', async () => {
    const same = Array.from({ length: 20 }, (_, second) => request(second, '/favicon.ico'))
    expect((await signalsFrom(same)).signals).toEqual([])
    const probing = Array.from({ length: 8 }, (_, second) => request(second, `/probe-${second}`))
    expect((await signalsFrom(probing)).signals).toMatchObject([
      { scenario: 'crowdsecurity/http-probing', machine_id: machineIds.web },
    ])
    const sensitive = ['/.env', '/.git/HEAD', '/.aws/credentials', '/.ssh/id_rsa'].map((path, second) =>
      request(second, path),
    )
    expect((await signalsFrom(sensitive)).signals).toMatchObject([{ scenario: 'crowdsecurity/http-sensitive-files' }])
    const logins = Array.from({ length: 5 }, (_, second) => request(second, '/wp-login.php', 200, 'POST'))
    expect((await signalsFrom(logins)).signals).toMatchObject([{ scenario: 'crowdsecurity/http-bf-wordpress_bf' }])
  })

  test('reading the same log again makes the same signals, and CAPI accepts them', async () => {
    const lines = [0, 1, 2, 3, 4].map((second) => failed(second))
    const [first, second] = [await signalsFrom(lines), await signalsFrom(lines)]
    expect(second.signals).toEqual(first.signals)
    for (const signal of first.signals) expect(signalSchema.safeParse(signal).success).toBe(true)
  })

  test('addresses that are not public are counted, and left out where only public ones are wanted', async () => {
    const lines = [0, 1, 2, 3, 4].flatMap((second) => [failed(second, '192.168.1.7'), failed(second, '8.8.4.4')])
    expect(await signalsFrom(lines, true)).toMatchObject({
      signals: [{ source: { value: '8.8.4.4' } }],
      findings: { leftOut: 1, attacks: 2 },
    })
    expect((await signalsFrom(lines)).signals.length).toBe(2)
  })

  test('attackers write what they like into a log', async () => {
    const lines = Array.from({ length: 8 }, (_, second) => request(second, `/\ud800\0${second}`))
    const { signals } = await signalsFrom(lines)
    expect(JSON.stringify(signals)).not.toContain('\\u0000')
    expect(signals.length).toBe(1)
  })
})
