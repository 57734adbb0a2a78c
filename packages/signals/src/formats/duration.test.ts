import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyNs, durationToMs, formatDuration, parseDuration } from './duration.js'

describe('Go durations', () => {
  test.each([
    ['3h59m55.756182786s', 14_395_756_182_786n],
    ['24h', 86_400_000_000_000n],
    ['24h0m0s', 86_400_000_000_000n],
    ['166h59m50.603371814s', 601_190_603_371_814n],
    ['0', 0n],
    ['1.5h', 5_400_000_000_000n],
    ['.5s', 500_000_000n],
    ['1.s', 1_000_000_000n],
    ['-1m', -60_000_000_000n],
    ['+1ms', 1_000_000n],
    ['1us', 1_000n],
    ['1µs', 1_000n],
    ['1μs', 1_000n],
    ['1ns', 1n],
    ['9223372036854775807ns', 9_223_372_036_854_775_807n],
    ['-9223372036854775808ns', -9_223_372_036_854_775_808n],
  ])('%s is %s ns', (text, ns) => {
    expect(parseDuration(text)).toBe(ns)
  })

  test.each([
    '',
    '1',
    's',
    '1x',
    '1h ',
    ' 1h',
    '1 h',
    '1d',
    '--1s',
    '1e3s',
    '9223372036854775808ns',
    '-9223372036854775809ns',
    '-',
    '.s',
    '1.5',
    '3000000h',
    `${'1'.repeat(300)}s`,
    '1s'.repeat(101),
    `${'0'.repeat(200)}1h`,
  ])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })

  test('days are read only where they are allowed', () => {
    expect(parseDuration('7d', { allowDays: true })).toBe(7n * 86_400_000_000_000n)
    expect(parseDuration('1d12h', { allowDays: true })).toBe(129_600_000_000_000n)
  })

  test.each([
    [0n, '0s'],
    [1n, '1ns'],
    [1_100n, '1.1µs'],
    [2_200_000n, '2.2ms'],
    [1_500_000_000n, '1.5s'],
    [60_000_000_000n, '1m0s'],
    [86_400_000_000_000n, '24h0m0s'],
    [14_395_756_182_786n, '3h59m55.756182786s'],
    [-90_000_000_000n, '-1m30s'],
  ])('%s ns is written %s, as Go does', (ns, text) => {
    expect(formatDuration(ns)).toBe(text)
  })

  test('survive writing and reading without loss', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        (ns) => parseDuration(formatDuration(ns)) === ns,
      ),
    )
  })

  test('any text is read or refused, never thrown at', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789.+-hmsnuµd') }))
    fc.assert(
      fc.property(text, (value) => ['bigint', 'undefined'].includes(typeof parseDuration(value, { allowDays: true }))),
      { numRuns: 2_000 },
    )
  })

  test('ordinary ones, which are read by another way, mean what they mean to arithmetic without bounds', () => {
    const number = fc.oneof(fc.nat(200).map(String), fc.nat(2 ** 31 - 1).map(String), fc.stringMatching(/^\d{0,20}$/))
    const unit = fc.constantFrom('h', 'm', 's', 'ms', 'us', 'ns', 'd', '')
    const part = fc
      .tuple(number, fc.option(fc.stringMatching(/^\d{0,13}$/)), unit)
      .map(([whole, fraction, name]) => `${whole}${fraction === null ? '' : `.${fraction}`}${name}`)
    const text = fc
      .tuple(fc.constantFrom('', '', '', '-', '+', ' '), fc.array(part, { maxLength: 5 }))
      .map(([sign, parts]) => sign + parts.join(''))
    fc.assert(
      fc.property(text, (value) => {
        expect(parseDuration(value)).toBe(anyNs(value, {}))
      }),
      { numRuns: 20_000 },
    )
  })

  test.each([
    ['2501h59m59.254740991s', 9_007_199_254_740_991n],
    ['2501h59m59.254740992s', 9_007_199_254_740_992n],
    ['2501h59m59.254740993s', 9_007_199_254_740_993n],
    ['0.0000000019s', 1n],
  ])('are exact where numbers cease to be: %s', (text, ns) => {
    expect(parseDuration(text)).toBe(ns)
  })

  test('become whole milliseconds', () => {
    expect(durationToMs(14_395_756_182_786n)).toBe(14_395_756)
    expect(durationToMs(-1_999_999n)).toBe(-1)
  })
})

test.each([undefined, null, 42, '1h', Symbol('x'), {}])('%o are no nanoseconds, and the error says so', (nonsense) => {
  const refused = expect.objectContaining({
    name: 'InputError',
    message: expect.stringMatching(/as parseDuration gives/),
  })
  expect(() => formatDuration(nonsense as never)).toThrow(refused)
  expect(() => durationToMs(nonsense as never)).toThrow(refused)
})
