import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Attacks, type AttacksOptions } from './attacks.js'

const rules = new Map(
  Object.entries({
    login: {
      ...{ scenario: 'v/fast', capacity: 5, leakMs: 10_000 },
      slow: { scenario: 'v/slow', capacity: 10, leakMs: 60_000 },
    },
    once: { scenario: 'v/once', capacity: 0, leakMs: 1_000 },
    path: { scenario: 'v/paths', capacity: 2, leakMs: 10_000, distinct: true },
  }),
)
const SECOND = 1_000
const MINUTE = 60_000
const T = Date.parse('2026-11-28T00:00:00Z')

const attacks = (options: Partial<AttacksOptions> = {}) => new Attacks({ rules, windowMs: 5 * MINUTE, ...options })
const event = (at: number, more: object = {}) => ({ attack: 'login', address: '203.0.113.9', at: T + at, ...more })

/** What is told of events at these moments, in the order of the lines. */
function told(moments: readonly number[], more: object = {}, options: Partial<AttacksOptions> = {}) {
  const all = attacks(options)
  const over = moments.flatMap((at, line) => all.add(event(at, more), line + 1))
  return [...over, ...all.end()].map(({ startAt, stopAt, events, isOver }) => [
    ...[startAt - T, stopAt - T, events],
    isOver ? 'fast' : 'slow',
  ])
}
const every = (ms: number, count: number) => Array.from({ length: count }, (_, index) => index * ms)

describe('events of one address', () => {
  test('are an attack when they fill the bucket faster than it leaks', () => {
    expect(told(every(SECOND, 5))).toEqual([])
    expect(told(every(SECOND, 6))).toEqual([[0, 5_000, 6, 'fast']])
  })

  test('are a slow one when they never do, but fill the other bucket', () => {
    expect(told(every(20 * SECOND, 11))).toEqual([])
    expect(told(every(20 * SECOND, 16))).toEqual([[0, 300_000, 16, 'slow']])
  })

  test('are one signal, however many, and another after five quiet minutes', () => {
    expect(told([...every(SECOND, 500), ...every(SECOND, 500).map((at) => at + 14 * MINUTE)])).toEqual([
      [0, 499_000, 500, 'fast'],
      [840_000, 1_339_000, 500, 'fast'],
    ])
    expect(told([0, 4 * MINUTE, 8 * MINUTE], { attack: 'once' })).toEqual([[0, 480_000, 3, 'fast']])
  })

  test('that never end are told of every hour', () => {
    const all = told(every(MINUTE, 150), { attack: 'once' })
    expect(all).toEqual([
      [0, 3_600_000, 61, 'fast'],
      [3_660_000, 7_260_000, 61, 'fast'],
      [7_320_000, 8_940_000, 28, 'fast'],
    ])
  })

  test('begin anew when the bucket ran empty before it ran over', () => {
    expect(told([0, ...every(SECOND, 6).map((at) => at + 30 * MINUTE)])).toEqual([[1_800_000, 1_805_000, 6, 'fast']])
  })

  test('count as often as they say, and different things once', () => {
    expect(told([0], { times: 6 })).toEqual([[0, 0, 6, 'fast']])
    const all = attacks()
    for (const path of ['a', 'a', 'b', 'a', 'b']) all.add(event(0, { attack: 'path', distinct: path }), 1)
    expect(all.save().open).toMatchObject([{ events: 2, isOver: false }])
    all.add(event(0, { attack: 'path', distinct: 'c' }), 1)
    expect(all.end()).toMatchObject([{ events: 3, isOver: true }])
  })

  test('need not be in order', () => {
    expect(told([3, 1, 5, 0, 4, 2].map((second) => second * SECOND))).toEqual([[0, 5_000, 6, 'fast']])
  })

  test('of an older log that follows are another attack', () => {
    expect(told([...every(SECOND, 6), ...every(SECOND, 6).map((at) => at - 60 * MINUTE)]).length).toBe(2)
  })
})

describe('an attack', () => {
  test('is told of once the log has moved on, and by the clock where it is silent', () => {
    const all = attacks()
    for (const at of every(SECOND, 6)) all.add(event(at), 1)
    expect(all.add(event(10 * MINUTE, { address: '203.0.113.10' }), 2)).toEqual([])
    expect(all.add(event(21 * MINUTE, { address: '203.0.113.10' }), 3)).toMatchObject([{ address: '203.0.113.9' }])
    const silent = attacks()
    for (const at of every(SECOND, 6)) silent.add(event(at), 1)
    expect(silent.advance(T + 5 * MINUTE)).toEqual([])
    expect(silent.advance(T + 5 * MINUTE + 6 * SECOND)).toMatchObject([{ address: '203.0.113.9', events: 6 }])
    expect(silent.end()).toEqual([])
  })

  test('is cut short and counted when too many go on at once, the longest quiet first', () => {
    const all = attacks({ most: 10 })
    const over = Array.from({ length: 11 }, (_, host) =>
      all.add(event(host, { attack: 'once', address: `203.0.113.${host}` }), host),
    ).flat()
    expect(over).toMatchObject([{ address: '203.0.113.0', events: 1 }])
    expect(all.dropped).toBe(1)
    expect(all.end().length).toBe(10)
  })

  test('tells a few texts of each detail, each cut, on one line and without what a terminal obeys', () => {
    const all = attacks()
    const names = [...every(1, 20).map((n) => `user${n}`), `\u001b[2J${'x'.repeat(300)}\n\ud800`]
    for (const target_user of names.toReversed()) all.add(event(0, { details: { target_user } }), 1)
    const texts = all.end()[0]?.details.target_user ?? []
    expect(texts.length).toBe(10)
    expect(texts[0]).toMatch(/^ \[2Jx{251}…$/)
  })
})

test('whatever comes in whatever order, no event is told of twice, and none that made an attack is lost', () => {
  const events = fc.array(
    fc.record({
      attack: fc.constantFrom('login', 'once'),
      address: fc.constantFrom('203.0.113.1', '203.0.113.2', '203.0.113.3'),
      at: fc.integer({ min: T, max: T + 8 * 60 * MINUTE }),
    }),
    { maxLength: 100 },
  )
  fc.assert(
    fc.property(events, fc.nat(), (all, cut) => {
      const whole = attacks()
      const one = [...all.flatMap((given, line) => whole.add(given, line + 1)), ...whole.end()]
      const first = attacks()
      const place = cut % (all.length + 1)
      const begun = all.slice(0, place).flatMap((given, line) => first.add(given, line + 1))
      const second = attacks({ saved: JSON.parse(JSON.stringify(first.save())) })
      const ended = all.slice(place).flatMap((given, line) => second.add(given, place + line + 1))
      expect([...begun, ...ended, ...second.end()]).toEqual(one)
      const events = one.filter(({ name }) => name === 'once').reduce((sum, { events: count }) => sum + count, 0)
      expect(events).toBe(all.filter(({ attack }) => attack === 'once').length)
    }),
  )
})
