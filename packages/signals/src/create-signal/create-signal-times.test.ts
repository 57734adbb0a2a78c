import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSignal, InputError } from '../index.js'

const NOW = Date.parse('2026-03-01T10:00:00Z')
const DAY_MS = 86_400_000
const input = {
  attackerIp: '203.0.113.7',
  scenario: 'crowdsecurity/ssh-bf',
  createdAt: NOW,
  machineId: 'm'.repeat(48),
  now: NOW,
}

function rulesOf(given: object): Record<string, string> {
  try {
    createSignal({ ...input, ...given } as never)
  } catch (error) {
    if (error instanceof InputError) return Object.fromEntries(error.issues.map(({ path, rule }) => [path, rule]))
    throw error
  }
  return {}
}

describe('times', () => {
  test.each([
    ['seconds: multiply by 1000', NOW / 1_000],
    ['seconds: multiply by 1000', new Date(NOW / 1_000)],
    ['seconds: multiply by 1000', new Date(NOW / 1_000).toISOString()],
    ['seconds: multiply by 1000', 1_000_000_000],
    ['seconds: multiply by 1000', NOW / 1_000 + 0.25],
    ['seconds: multiply by 1000', String(NOW / 1_000)],
    ['microseconds: divide by 1000', NOW * 1_000],
    ['microseconds: divide by 1000', String(NOW * 1_000)],
    ['nanoseconds: divide by 1000000', NOW * 1_000_000],
  ])('in another unit are refused, and the unit named: %s', (unit, time) => {
    for (const path of ['createdAt', 'startAt', 'stopAt']) {
      expect(rulesOf({ [path]: time })[path]).toContain(`this looks like ${unit}`)
    }
  })

  test.each([
    [0, 'must not be before the year 2000'],
    [-1, 'must not be before the year 2000'],
    ['1999-12-31T23:59:59.999Z', 'must not be before the year 2000'],
    ['2099-01-01T00:00:00Z', 'must not be more than a day ahead of now (2026-03-01T10:00:00.000Z)'],
    [NOW + DAY_MS + 1, 'must not be more than a day ahead of now (2026-03-01T10:00:00.000Z)'],
    [String(NOW), expect.stringContaining('epoch milliseconds are a number, not text')],
    [Number.NaN, 'must be a Date, epoch milliseconds or an ISO 8601 date and time'],
    [BigInt(NOW / 1_000), expect.stringContaining('this looks like seconds: multiply by 1000')],
  ])('%s is refused', (time, rule) => {
    for (const path of ['createdAt', 'startAt', 'stopAt']) expect(rulesOf({ [path]: time })[path]).toEqual(rule)
  })

  test('from the year 2000 to a day ahead are taken', () => {
    for (const createdAt of [Date.UTC(2000, 0, 1), '2000-01-01T00:00:00Z', NOW, NOW + DAY_MS, new Date(NOW)])
      expect(rulesOf({ createdAt })).toEqual({})
  })

  test('of any number: it is taken as milliseconds in bounds, or refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.maxSafeInteger()), (createdAt) => {
        const isInBounds = createdAt >= Date.UTC(2000, 0, 1) && Math.floor(createdAt) <= NOW + DAY_MS
        expect(Object.keys(rulesOf({ createdAt }))).toEqual(isInBounds ? [] : ['createdAt'])
      }),
    )
  })

  test('are held against the host’s clock unless told otherwise', () => {
    const { now: _, ...plain } = input
    expect(() => createSignal({ ...plain, createdAt: Date.now() + 60_000 })).not.toThrow()
    expect(() => createSignal({ ...plain, createdAt: Date.now() + 2 * DAY_MS })).toThrow(/a day ahead/)
    expect(rulesOf({ now: 'today' })).toEqual({ now: 'must be epoch milliseconds' })
  })
})
