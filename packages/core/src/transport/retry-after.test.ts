import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RUNS, RUNS_TEXT } from '../../test/any-json.js'
import { retryAfterMs } from './retry-after.js'

const NOW = Date.parse('2026-03-01T00:00:00Z')

describe('Retry-After', () => {
  const of = (value: string, more: Record<string, string> = {}) =>
    retryAfterMs(new Headers({ 'retry-after': value, ...more }), NOW)

  test('is read in seconds and as a date, and compared with the answer’s own date', () => {
    expect(of('120')).toBe(120_000)
    expect(of('Sun, 01 Mar 2026 00:05:00 GMT')).toBe(300_000)
    expect(of('Sun, 01 Mar 2026 00:05:00 GMT', { date: 'Sun, 01 Mar 2026 00:04:00 GMT' })).toBe(60_000)
  })

  test('is read in the obsolete forms of a date too, with the century that is nearer', () => {
    expect(of('Sunday, 01-Mar-26 00:05:00 GMT')).toBe(300_000)
    expect(of('Sun Mar  1 00:05:00 2026')).toBe(300_000)
    expect(of('Sunday, 01-Mar-76 00:00:00 GMT')).toBe(3_600_000)
    expect(of('Tuesday, 01-Mar-77 00:00:00 GMT'), '1977').toBeUndefined()
  })

  test('is never more than an hour, and 0 is 0', () => {
    for (const value of ['3601', '86400', '9'.repeat(400), 'Mon, 01 Mar 2027 00:00:00 GMT']) {
      expect(of(value)).toBe(3_600_000)
    }
    expect(of('0')).toBe(0)
    expect(of('Sun, 01 Mar 2026 00:00:00 GMT')).toBe(0)
    expect(of(' 5 '), 'blanks around a field are no part of it').toBe(5_000)
  })

  test.each([
    ['nothing', ''],
    ['a word', 'soon'],
    ['a sign', '-1'],
    ['a plus', '+5'],
    ['something behind', '1;'],
    ['something else behind', '3600;'],
    ['a unit', '5s'],
    ['a fraction', '1.5'],
    ['hexadecimal', '0x10'],
    ['an exponent', '1e3'],
    ['a list', '5, 5'],
    ['digits of another script', '\u00b2'],
    ['an ISO date', '2026-03-01T00:05:00Z'],
    ['another zone', 'Sun, 01 Mar 2026 01:05:00 +0100'],
    ['UTC by name', 'Sun, 01 Mar 2026 00:05:00 UTC'],
    ['small letters', 'sun, 01 mar 2026 00:05:00 gmt'],
    ['one digit', 'Sun, 1 Mar 2026 00:05:00 GMT'],
    ['the wrong weekday', 'Mon, 01 Mar 2026 00:05:00 GMT'],
    ['31 February', 'Tue, 31 Feb 2026 00:05:00 GMT'],
    ['hour 24', 'Sun, 01 Mar 2026 24:00:00 GMT'],
    ['two dates', 'Sun, 01 Mar 2026 00:05:00 GMT, Sun, 01 Mar 2026 00:05:00 GMT'],
    ['a date that has passed', 'Sat, 28 Feb 2026 23:59:59 GMT'],
    ['a date of long ago', 'Sunday, 06-Nov-94 08:49:37 GMT'],
  ])('that holds %s counts as absent', (_, value) => {
    expect(of(value)).toBeUndefined()
  })

  test('that comes twice, or not at all, counts as absent', () => {
    const twice = new Headers([
      ['retry-after', '5'],
      ['retry-after', '5'],
    ])
    expect(retryAfterMs(twice, NOW)).toBeUndefined()
    expect(retryAfterMs(new Headers(), NOW)).toBeUndefined()
  })

  test('a wrong Date beside it is no date: the host’s own clock counts', () => {
    expect(of('Sun, 01 Mar 2026 00:05:00 GMT', { date: '2026-03-01T00:04:00Z' })).toBe(300_000)
  })

  test('is whole seconds or a date from now on, whatever else stands there', () => {
    const near = fc.string({ unit: fc.constantFrom(...'0123456789.-+eE :,;GMTSunMar'), maxLength: 32 })
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'grapheme-ascii' })), (text) => {
        const value = text.replace(/[^\x20-\x7e]/g, '').trim()
        fc.pre(!/^[A-Z][a-z]+,? .*\d\d:\d\d:\d\d/.test(value))
        expect(of(value)).toBe(/^[0-9]+$/.test(value) ? Math.min(Number(value) * 1_000, 3_600_000) : undefined)
      }),
    )
    const instant = fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(instant, (date) => {
        const ms = Math.floor(date.getTime() / 1_000) * 1_000 - NOW
        expect(of(date.toUTCString())).toBe(ms < 0 ? undefined : Math.min(ms, 3_600_000))
      }),
    )
  })
})

test(`a Retry-After is a wait of 0 ms to one hour, or none (${RUNS_TEXT} headers)`, () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'0123456789.-+eE :,GMTSunJa'), maxLength: 32 }),
    fc.double().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  )
  fc.assert(
    fc.property(text, text, (retryAfter, date) => {
      const wait = retryAfterMs(new Headers({ 'retry-after': retryAfter, date }), 1_700_000_000_000)
      expect(wait === undefined || (wait >= 0 && wait <= 3_600_000)).toBe(true)
    }),
    { numRuns: RUNS },
  )
})
