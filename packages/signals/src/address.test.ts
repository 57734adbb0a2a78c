import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAddress } from './address.js'

describe('addresses', () => {
  test.each([
    ['203.0.113.7', 'Ip', '203.0.113.7', 4],
    ['0.0.0.0', 'Ip', '0.0.0.0', 4],
    ['2001:DB8:0:0:0:0:0:1', 'Ip', '2001:db8::1', 6],
    ['2001:db8::0:1:0:0', 'Ip', '2001:db8::1:0:0', 6],
    ['::', 'Ip', '::', 6],
    ['::ffff:203.0.113.7', 'Ip', '203.0.113.7', 4],
    ['::ffff:cb00:7107', 'Ip', '203.0.113.7', 4],
    ['203.0.113.7/24', 'Range', '203.0.113.0/24', 4],
    ['203.0.113.7/32', 'Range', '203.0.113.7/32', 4],
    ['0.0.0.0/0', 'Range', '0.0.0.0/0', 4],
    ['2001:db8::1/32', 'Range', '2001:db8::/32', 6],
    ['::ffff:203.0.113.7/120', 'Range', '203.0.113.0/24', 4],
  ])('%s is the %s %s', (text, scope, value, version) => {
    expect(parseAddress(text)).toEqual({ scope, value, version })
  })

  test.each([
    '',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.07',
    '010.0.0.1',
    '0x7f.0.0.1',
    '2130706433',
    '203.0.113.7 ',
    'fe80::1%eth0',
    '2001:db8:::1',
    '1:2:3:4:5:6:7:8:9',
    '203.0.113.7/33',
    '203.0.113.7/-1',
    '203.0.113.7/024',
    '203.0.113.7/',
    '203.0.113.7/8/8',
    '::1/129',
    '::ffff:203.0.113.7/95',
    'example.org',
    '[::1]',
    '::ffff:203.0.113.07',
  ])('%j is none', (text) => {
    expect(parseAddress(text)).toBeUndefined()
  })

  test('every address of both families is read, and its canonical form stays', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = parseAddress(text)
        expect(address, text).toBeDefined()
        expect(parseAddress(address?.value ?? '')).toEqual(address)
        expect(isIP(address?.value ?? '')).toBe(address?.version)
      }),
      { numRuns: 1_000 },
    )
  })

  test('what is read from any text is an address for the platform too', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789abcdef.:/%') }))
    fc.assert(
      fc.property(text, (value) => {
        const address = parseAddress(value)
        if (address?.scope === 'Ip') expect(isIP(value), value).not.toBe(0)
      }),
      { numRuns: 5_000 },
    )
  })
})
