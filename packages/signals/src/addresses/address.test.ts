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
    ['203.0.113.7/32', 'Ip', '203.0.113.7', 4],
    ['2001:DB8::1/128', 'Ip', '2001:db8::1', 6],
    ['::ffff:203.0.113.7/128', 'Ip', '203.0.113.7', 4],
    ['::ffff:0:0/96', 'Range', '0.0.0.0/0', 4],
    // Only ::ffff:0:0/96 is IPv4; what looks like it elsewhere is IPv6.
    ['::203.0.113.7', 'Ip', '::cb00:7107', 6],
    ['::cb00:7107', 'Ip', '::cb00:7107', 6],
    ['::0.0.0.1', 'Ip', '::1', 6],
    ['::ffff:0:203.0.113.7', 'Ip', '::ffff:0:cb00:7107', 6],
    ['64:ff9b::203.0.113.7', 'Ip', '64:ff9b::cb00:7107', 6],
    ['::203.0.113.7/120', 'Range', '::cb00:7100/120', 6],
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

  test('an address has one form, however its last 32 bits are written', () => {
    const group = fc.nat(0xffff)
    const leading = fc.oneof(
      fc.constantFrom('::', '::ffff:', '::ffff:0:', '64:ff9b::', '2001:db8::'),
      fc.constant('1:2:3:4:5:6:'),
    )
    fc.assert(
      fc.property(leading, group, group, (start, high, low) => {
        const dotted = [high >> 8, high & 255, low >> 8, low & 255].join('.')
        const digits = `${high.toString(16)}:${low.toString(16)}`
        expect(parseAddress(start + dotted)).toEqual(parseAddress(start + digits))
        expect(parseAddress(start + dotted)?.version).toBe(start === '::ffff:' ? 4 : 6)
      }),
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
