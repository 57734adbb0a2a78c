import { type Signal, signalSchema } from '@cscapi/signals'
import { describe, expect, test } from 'vitest'
import { Detector } from './detector.js'
import { noFindings, watch } from './watch.js'

const NOW = Date.parse('2026-03-01T00:00:00Z')
const machineIds = { ssh: 's'.repeat(48), web: 'w'.repeat(48) }

async function signalsFrom(lines: readonly string[], publicOnly = false) {
  const findings = noFindings()
  const signals = []
  async function* input() {
    yield* lines
  }
  for await (const signal of watch(input(), findings, {
    machineIds,
    publicOnly,
    now: NOW,
    utc: true,
    onProgress: () => {},
  }))
    signals.push(signal)
  return { signals, findings }
}

const context = ([signal]: readonly Signal[]) =>
  Object.fromEntries((signal?.context ?? []).map(({ key, value }) => [key, value]))

const failed = (second: number, address = '203.0.113.7', minute = 0) =>
  `Feb 12 14:${String(minute).padStart(2, '0')}:${String(second).padStart(2, '0')} host sshd[1]: Invalid user admin from ${address} port 4242`
const request = (second: number, path: string, status = 404, method = 'GET') =>
  `203.0.113.9 - - [12/Feb/2026:14:00:${String(second).padStart(2, '0')} +0100] "${method} ${path} HTTP/1.1" ${status} 162 "-" "curl/8"`

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

  test('ten failed logins that are never five within a minute are a slow brute force', async () => {
    const slow = Array.from({ length: 10 }, (_, event) => failed((event % 2) * 30, '203.0.113.7', event >> 1))
    expect((await signalsFrom(slow)).signals).toMatchObject([{ scenario: 'crowdsecurity/ssh-slow-bf' }])
    expect((await signalsFrom(slow.slice(0, 9))).signals).toEqual([])
  })

  test('an attack is told of when the log has moved on, not at its end only', async () => {
    let read = 0
    async function* input() {
      for (const line of [...[0, 1, 2, 3, 4].map((second) => failed(second)), failed(0, '203.0.113.8', 4), 'last']) {
        read += 1
        yield line
      }
    }
    const options = { machineIds, publicOnly: false, now: NOW, utc: true, onProgress: () => {} }
    for await (const signal of watch(input(), noFindings(), options)) {
      expect(signal.source.value).toBe('203.0.113.7')
      expect(read).toBe(6)
    }
  })

  test('a later log that is older is another time, and a line out of order is not', async () => {
    const attack = (minute: number) => [0, 1, 2, 3, 4].map((second) => failed(second, '203.0.113.7', minute))
    expect((await signalsFrom([...attack(30), ...attack(0)])).signals).toMatchObject([
      { start_at: '2026-02-12T14:30:00.000Z' },
      { start_at: '2026-02-12T14:00:00.000Z', stop_at: '2026-02-12T14:00:04.000Z' },
    ])
    expect((await signalsFrom([failed(5), failed(4), failed(6), failed(3), failed(7)])).signals).toMatchObject([
      { start_at: '2026-02-12T14:00:03.000Z', stop_at: '2026-02-12T14:00:07.000Z' },
    ])
  })

  test('a clock that differs between two sensors hides nothing', async () => {
    const mixed = [0, 1, 2, 3, 4].flatMap((second) => [failed(second), request(second, '/wp-login.php', 200, 'POST')])
    expect((await signalsFrom(mixed)).signals.length).toBe(2)
  })

  test('more addresses at once than can be watched are dropped and counted, the longest quiet first', () => {
    const detector = new Detector(10)
    const event = (address: string) => ({ kind: 'ssh-login', address, at: NOW, target: 'x' }) as const
    for (let host = 0; host < 11; host += 1) detector.add(event(`203.0.113.${host}`))
    expect(detector.dropped).toBe(1)
    for (let repeat = 0; repeat < 4; repeat += 1) detector.add(event('203.0.113.5'))
    expect(detector.end()).toMatchObject([{ address: '203.0.113.5', events: 5 }])
  })

  test('a page with missing pictures is no probing', async () => {
    const pictures = Array.from({ length: 20 }, (_, second) => request(second, `/pictures/${second}.png?v=1`))
    expect((await signalsFrom(pictures)).signals).toEqual([])
  })

  test('a signal tells what was attacked, and with what', async () => {
    const logins = Array.from({ length: 5 }, (_, second) => request(second, '/wp-login.php', 200, 'POST'))
    expect(context((await signalsFrom(logins)).signals)).toEqual({
      method: 'POST',
      target_uri: '/wp-login.php',
      user_agent: 'curl/8',
    })
    expect(context((await signalsFrom([0, 1, 2, 3, 4].map((second) => failed(second)))).signals)).toEqual({
      target_user: 'admin',
    })
    const shaken = [0, 1, 2, 3, 4].map(
      (second) => `Feb 12 14:00:0${second} host sshd[1]: Unable to negotiate with 203.0.113.7 port 1: no matching MAC`,
    )
    expect(context((await signalsFrom(shaken)).signals)).toEqual({})
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
