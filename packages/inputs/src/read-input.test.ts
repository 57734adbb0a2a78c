import { describe, expect, test } from 'vitest'
import { itemsOf, NOW, rowOf, tableOf } from '../test/signals-of.js'
import { InputReader } from './input-reader.js'
import type { InputOptions } from './options.js'
import { readInput } from './read-input.js'

const command = (address = '203.0.113.9', time = '00:00:00', text = 'id') =>
  `2026/11/28 ${time} [${address}:5] [channel 1] command "${text}" requested`
const ROW = '203.0.113.9 thespad/sshesame-cmd 2026-11-28T00:00:00.000Z 2026-11-28T00:00:00.000Z 1'

describe('an option', () => {
  test('gives a scenario another name, or leaves it out; the uuid is the same', async () => {
    const [first] = await itemsOf('sshesame', command())
    const [renamed] = await itemsOf('sshesame', command(), { scenarios: { 'thespad/sshesame-cmd': 'acme/cmd' } })
    expect(renamed).toMatchObject({
      signal: { scenario: 'acme/cmd', uuid: first && 'signal' in first && first.signal.uuid },
    })
    expect(await itemsOf('sshesame', command(), { scenarios: { 'thespad/sshesame-cmd': false } })).toEqual([])
  })

  test('says how long an address has to be quiet', async () => {
    const lines = [command(), command(undefined, '00:02:00')]
    expect(await tableOf('sshesame', lines)).toEqual([ROW.replace('00:00:00.000Z 1', '00:02:00.000Z 2')])
    expect((await tableOf('sshesame', lines, { windowMs: 60_000 })).length).toBe(2)
  })

  test('names networks of one’s own, of which nobody is reported', async () => {
    expect(await tableOf('sshesame', command(), { ownNetworks: ['203.0.113.0/24'] })).toEqual([
      '1: 203.0.113.9 is in your own network 203.0.113.0/24',
    ])
  })

  test('allows private addresses', async () => {
    expect(await tableOf('sshesame', command('10.0.0.1'))).toEqual([
      expect.stringMatching(/^1: 10\.0\.0\.1 is private/),
    ])
    expect(await tableOf('sshesame', command('10.0.0.1'), { allowPrivate: true })).toEqual([
      ROW.replace('203.0.113.9', '10.0.0.1'),
    ])
  })

  test('that is wrong is named with the rule, before anything is read', () => {
    const wrong = (options: object) => () => readInput('sshesame', '', options as InputOptions)
    expect(wrong({})).toThrow('machineId: is missing')
    expect(wrong({ machineId: 'm', scenarioMap: {} })).toThrow('did you mean scenarios?')
    expect(wrong({ machineId: 'm', scenarios: { 'a/b': 'no name' } })).toThrow('must be a scenario name vendor/name')
    expect(wrong({ machineId: 'm', ownNetworks: ['here'] })).toThrow('must be an IPv4 or IPv6 address or a CIDR range')
    expect(wrong({ machineId: 'm', include: ['everything'] })).toThrow(/include\[0\]/)
    expect(wrong({ machineId: 'm', windowMs: 1 })).toThrow(/windowMs/)
    expect(() => readInput('cowry' as 'cowrie', '', { machineId: 'm' })).toThrow('did you mean cowrie?')
    expect(() => readInput('toString' as 'cowrie', '', { machineId: 'm' })).toThrow('must be one of')
    expect(() => new InputReader('cowrie', { machineId: 'm' }, { format: 'sshd' })).toThrow('must be what a reader of')
  })

  test('that renames a scenario which the format does not know is named', () => {
    const scenarios = { 'thespad/sshesame-cdm': 'acme/cmd' }
    expect(() => readInput('sshesame', '', { machineId: 'm', scenarios })).toThrow('did you mean thespad/sshesame-cmd?')
  })
})

describe('a time', () => {
  test('of up to a minute ahead is now, and a later one is refused', async () => {
    const now = () => Date.parse('2026-11-27T23:59:30Z')
    expect(await tableOf('sshesame', command(), { now })).toEqual([
      ROW.replaceAll('2026-11-28T00:00:00', '2026-11-27T23:59:30'),
    ])
    expect(await tableOf('sshesame', command(undefined, '00:01:00'), { now })).toEqual([
      expect.stringContaining('1: its time, 2026-11-28T00:01:00.000Z, is in the future'),
    ])
  })

  test('that no signal can bear is refused when the attack is over', async () => {
    expect(await tableOf('sshesame', command().replace('2026', '1999'))).toEqual([
      expect.stringMatching(/^1: createdAt must not be before the year 2000/),
    ])
  })
})

test('a time that is none, however a record says so, is refused', async () => {
  const caddy = (ts: string) =>
    `{"ts":${ts},"logger":"http.log.access","status":404,"request":{"remote_ip":"203.0.113.9","method":"GET","uri":"/.env"}}`
  const table = await tableOf('access-log', ['1e300', '1e13', '"soon"'].map(caddy))
  expect(table.map((row) => row.slice(0, 2))).toEqual(['1:', '2:', '3:'])
})

test('counts tell what was read, also of no use', async () => {
  const reading = readInput('sshesame', [command(), 'noise', '', command('x'), command('10.0.0.1')], {
    ...{ machineId: 'm', utc: true, now: () => NOW },
  })
  const rows = []
  for await (const item of reading) rows.push(rowOf(item))
  expect(rows).toEqual([ROW, expect.stringMatching(/^5: 10\.0\.0\.1 is private/)])
  expect(reading.counts).toEqual({ lines: 5, unused: 3, events: 2, signals: 1, refused: 1, cutShort: 0 })
})

test('a clock that is a little ahead of ours changes no uuid, however late the line is read', async () => {
  const uuidAt = async (now: string) => {
    const [item] = await itemsOf('sshesame', command(), { now: () => Date.parse(now) })
    return item !== undefined && 'signal' in item ? item.signal.uuid : undefined
  }
  expect(await uuidAt('2026-11-27T23:59:30Z')).toBe(await uuidAt('2026-11-29T00:00:00Z'))
})

describe('in a log that is silent, what is over is told by the clock', () => {
  const T = Date.parse('2026-11-28T00:00:00Z')
  const options = { machineId: 'm', utc: true, now: () => T + 1_000 }
  const failed = 'Nov 28 00:00:00 host sshd[7]: Failed password for root from 203.0.113.9 port 42 ssh2'
  const mismatch =
    '2026/11/28 00:00:00 [error] 1#1: *5 user "x": password mismatch, client: 203.0.113.9, server: _, request: "GET / HTTP/1.1", host: "h"'

  test.each([
    ['sshd', failed],
    ['nginx-error', mismatch],
  ] as const)('%s', (format, line) => {
    const reader = new InputReader(format, options)
    for (let time = 0; time < 6; time += 1) expect(reader.read(line)).toEqual([])
    expect(reader.advance(T)).toEqual([])
    expect(reader.advance(T + 10 * 60_000)).toMatchObject([{ signal: { source: { value: '203.0.113.9' } }, events: 6 }])
    expect(reader.end()).toEqual([])
  })

  test('nginx’s lines are not trusted before the record can be whole', () => {
    const reader = new InputReader('nginx-error', { ...options, allowPrivate: true })
    const forged = [mismatch.replaceAll('203.0.113.9', '203.0.113.77'), 'x']
    for (const line of forged) reader.read(line)
    expect(reader.advance(T)).toEqual([])
    const end = '" failed (2: No such file or directory), client: 203.0.113.9, server: _, request: "GET /%0a HTTP/1.1"'
    expect(reader.read(end)).toEqual([])
    expect(reader.advance(T + 10 * 60_000)).toEqual([{ line: 1, refused: 'a client may have written this line' }])
  })
})

test('a signal says which lines it comes from', async () => {
  expect(await itemsOf('sshesame', ['', command(), '', command()])).toMatchObject([{ firstLine: 2, lastLine: 4 }])
})

test('an input that is left early is closed', async () => {
  let isClosed = false
  async function* input() {
    try {
      for (let minute = 0; ; minute += 1) yield command(`203.0.113.${minute}`, `00:${10 + minute}:00`)
    } finally {
      isClosed = true
    }
  }
  for await (const _ of readInput('sshesame', input(), { machineId: 'm', utc: true, now: () => NOW })) break
  expect(isClosed).toBe(true)
})
