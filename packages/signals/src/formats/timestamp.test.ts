import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareTimestamps, formatTimestamp, parseTimestamp } from './timestamp.js'

const normal = (input: Date | string | number) => {
  const timestamp = parseTimestamp(input)
  return timestamp && formatTimestamp(timestamp)
}

describe('timestamps', () => {
  test.each([
    ['2020-11-06T20:13:41.196817737Z', '2020-11-06T20:13:41.196817737Z'],
    ['2020-11-28T10:20:47+01:00', '2020-11-28T09:20:47.000Z'],
    ['2023-01-13T01:34:56.778054Z', '2023-01-13T01:34:56.778054000Z'],
    ['2024-01-19T12:12:21+0000', '2024-01-19T12:12:21.000Z'],
    ['2020-11-28 10:20:46.842701127 +0100 +0100', '2020-11-28T09:20:46.842701127Z'],
    ['2020-10-26 09:50:32.055535505 +0100 CET m=+6.235529150', '2020-10-26T08:50:32.055535505Z'],
    ['2024-01-19T12:12:21', '2024-01-19T12:12:21.000Z'],
    ['2024-01-19T23:30:00-05:00', '2024-01-20T04:30:00.000Z'],
    ['2020-11-28 10:20:46 +0300 +03', '2020-11-28T07:20:46.000Z'],
    ['2024-01-19T12:12:21+05', '2024-01-19T07:12:21.000Z'],
    ['2024-01-19T12:12:21-0930', '2024-01-19T21:42:21.000Z'],
    ['2024-01-19T12:12:21.1234567899Z', '2024-01-19T12:12:21.123456789Z'],
    ['9999-12-31T23:59:59.999999999Z', '9999-12-31T23:59:59.999999999Z'],
    ['2024-02-29 00:00:00 UTC', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('%s is read, and written as %s', (text, expected) => {
    expect(normal(text)).toBe(expected)
  })

  test.each([
    '',
    'yesterday',
    '2024-01-19',
    '2023-02-29T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:00:00+25:00',
    '2024-01-01T00:00:00Z trailing',
    '2020-10-26 09:50:32 CET',
    '2020-10-26 09:50:32 m=+6.2',
    '0000-12-31T23:59:59Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '99999-01-01T00:00:00Z',
  ])('%j is none', (text) => {
    expect(parseTimestamp(text)).toBeUndefined()
  })

  test('a Date and epoch milliseconds are instants, unless they are none', () => {
    expect(normal(new Date(0))).toBe('1970-01-01T00:00:00.000Z')
    expect(normal(1_700_000_000_123)).toBe('2023-11-14T22:13:20.123Z')
    for (const none of [new Date(Number.NaN), Number.NaN, Number.POSITIVE_INFINITY, 1e20])
      expect(parseTimestamp(none)).toBeUndefined()
  })

  test('what is written is read as the same instant, whatever the zone', () => {
    const instant = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
    fc.assert(
      fc.property(
        instant,
        fc.integer({ min: 0, max: 999_999 }),
        fc.integer({ min: -1_439, max: 1_439 }),
        (date, ns, offset) => {
          const local = formatTimestamp({ ms: date.getTime() + offset * 60_000, ns }).replace(/Z$/, '')
          const sign = offset < 0 ? '-' : '+'
          const zone = `${sign}${String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0')}:${String(Math.abs(offset) % 60).padStart(2, '0')}`
          expect(parseTimestamp(`${local}${zone}`)).toEqual({ ms: date.getTime(), ns })
        },
      ),
    )
  })

  test('any text is read or refused, never thrown at', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789-:TZ+. ') }))
    fc.assert(
      fc.property(text, (value) => ['object', 'undefined'].includes(typeof parseTimestamp(value))),
      { numRuns: 2_000 },
    )
  })

  test('are compared to the nanosecond', () => {
    expect(compareTimestamps({ ms: 1, ns: 2 }, { ms: 1, ns: 3 })).toBeLessThan(0)
    expect(compareTimestamps({ ms: 2, ns: 0 }, { ms: 1, ns: 9 })).toBeGreaterThan(0)
  })
})

test.each([undefined, null, 42, 'text', {}, { ms: '1', ns: 0 }, { ms: Number.NaN, ns: 0 }, { ms: 0 }])(
  '%o is no time to write or to compare, and the error says what is',
  (nonsense) => {
    const refused = expect.objectContaining({
      name: 'InputError',
      message: expect.stringMatching(/as parseTimestamp gives it/),
    })
    expect(() => formatTimestamp(nonsense as never)).toThrow(refused)
    expect(() => compareTimestamps({ ms: 0, ns: 0 }, nonsense as never)).toThrow(refused)
  },
)
