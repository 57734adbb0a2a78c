import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clientAddress } from './client-address.js'
import { TrustedProxies } from './trusted-proxies.js'

function trusting(...proxies: string[]): TrustedProxies {
  const trusted = new TrustedProxies()
  for (const proxy of proxies) trusted.add(proxy)
  return trusted
}

const XFF = 'x-forwarded-for'
const behind = (header: string, value: string | undefined, peer: string | undefined = '10.0.0.1') =>
  clientAddress(peer, trusting('10.0.0.0/8', 'fd00::/8'), header, value)

describe('without a trusted proxy', () => {
  test('the client is whoever connects, in canonical form', () => {
    const of = (peer: string | undefined) => clientAddress(peer, trusting(), XFF, '198.51.100.1')
    expect(['203.0.113.7', '::ffff:203.0.113.7', '2001:DB8:0::1', 'fe80::1%eth0'].map(of)).toEqual([
      '203.0.113.7',
      '203.0.113.7',
      '2001:db8::1',
      'fe80::1',
    ])
    expect([undefined, '', 'nobody'].map(of)).toEqual([undefined, undefined, undefined])
  })

  test('whatever an untrusted peer says of others does not count (5,000 headers)', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom(XFF, 'forwarded'), headerText, (peer, header, value) => {
        fc.pre(!peer.startsWith('10.'))
        expect(behind(header, value, peer)).toBe(peer)
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('behind trusted proxies', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:4711', '203.0.113.7'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['203.0.113.7, 10.0.0.2, 10.0.0.3', '203.0.113.7'],
    ['198.51.100.66, 203.0.113.7, 10.0.0.2', '203.0.113.7'],
    ['203.0.113.7,, ,', '203.0.113.7'],
    ['10.0.0.2', '10.0.0.2'],
    ['', '10.0.0.1'],
    [undefined, '10.0.0.1'],
    ['unknown', undefined],
    ['198.51.100.66, unknown', undefined],
    ['198.51.100.66, unknown, 10.0.0.2', undefined],
    ['203.0.113.7 198.51.100.66', undefined],
  ])('X-Forwarded-For: %j means %j', (value, expected) => {
    expect(behind(XFF, value)).toBe(expected)
  })

  test.each([
    ['for=203.0.113.7', '203.0.113.7'],
    ['For="[2001:db8::1]:4711"', '2001:db8::1'],
    ['for="[2001:db8::1]"', '2001:db8::1'],
    ['for="203.0.113.7:_gazonk"', '203.0.113.7'],
    ['for="[2001:db8::1]:_gazonk"', '2001:db8::1'],
    ['for = "203.0.113.7:80" ; proto=https;by=10.0.0.2', '203.0.113.7'],
    ['by=10.0.0.2;for=203.0.113.7;host="a,b;for=198.51.100.66"', '203.0.113.7'],
    ['for=198.51.100.66, for=203.0.113.7;by=10.0.0.2, for=10.0.0.2', '203.0.113.7'],
    ['for=_hidden', undefined],
    ['for="_SEVKISEK"', undefined],
    ['for=198.51.100.66, for=unknown', undefined],
    ['proto=https', undefined],
    ['198.51.100.66', undefined],
  ])('Forwarded: %s means %j', (value, expected) => {
    expect(behind('forwarded', value)).toBe(expected)
  })

  test.each(['"', 'for="', 'for="198.51.100.66', 'for=\\"', 'for="a\\', '\\"\\"', 'for="\\\\\\"', ';for="x;'])(
    'what a client wrote before (%s) does not hide what a proxy added',
    (written) => {
      expect(behind('forwarded', `${written}, for=203.0.113.7`)).toBe('203.0.113.7')
      expect(behind('forwarded', `${written}, for="[2001:db8::7]:1";host="x, \\" y", for=10.0.0.9`)).toBe('2001:db8::7')
    },
  )

  test('the client is the rightmost address that is no proxy of ours, whatever stands left of it (5,000 chains)', () => {
    const own = fc.nat(0xffffff).map((n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`)
    const foreign = fc.ipV4().filter((ip) => !ip.startsWith('10.'))
    fc.assert(
      fc.property(headerText, foreign, fc.array(own, { maxLength: 4 }), (written, client, proxies) => {
        expect(behind(XFF, [written, client, ...proxies].join(', '))).toBe(client)
        const elements = [client, ...proxies].map((ip) => `for="${ip}:1"`)
        expect(behind('forwarded', [written, ...elements].join(', '))).toBe(client)
      }),
      { numRuns: 5_000 },
    )
  })

  test('a connection without an address is believed only where Unix sockets are', () => {
    expect(clientAddress(undefined, trusting('unix'), XFF, '203.0.113.7')).toBe('203.0.113.7')
    expect(clientAddress(undefined, trusting('unix'), XFF, undefined)).toBeUndefined()
    expect(behind(XFF, '203.0.113.7', 'nobody')).toBeUndefined()
  })

  test.each([
    ['\\"', undefined, undefined],
    ['"', undefined, undefined],
    [',', '10.0.0.1', '10.0.0.1'],
    [';', undefined, undefined],
    ['for=10.0.0.2,', '10.0.0.2', undefined],
    ['for="10.0.0.2",', '10.0.0.2', undefined],
    ['for=" ', undefined, undefined],
    ['10.0.0.2,', undefined, '10.0.0.2'],
  ])('a mebibyte of %j is read once: were it read again and again, this would never end', (part, forwarded, xff) => {
    const value = part.repeat(Math.floor(1_048_576 / part.length))
    expect([behind('forwarded', value), behind(XFF, value)]).toEqual([forwarded, xff])
  })
})

/** What a client may write: addresses, what headers are made of, and anything else. */
const headerText = fc
  .array(
    fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom('for=', 'by=', ',', ';', '"', '\\', '[', ']', ':', ' ', 'unknown', '_x', '%'),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))
