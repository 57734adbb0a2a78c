import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NetworkSet, spanOf } from './filter-ranges.js'

const overlap = (network: string, address: string) => {
  const span = spanOf(address)
  return span !== undefined && new NetworkSet([[network, network]]).find(span) !== undefined
}

/** An IPv4 range as bits, the slow and obvious way. */
const bitsOf = ([a, b, c, d]: readonly number[], prefix: number) =>
  [a, b, c, d]
    .map((byte = 0) => byte.toString(2).padStart(8, '0'))
    .join('')
    .slice(0, prefix)

const byte = fc.integer({ min: 0, max: 255 })
const ipv4Range = fc.record({ bytes: fc.tuple(byte, byte, byte, byte), prefix: fc.integer({ min: 0, max: 32 }) })
const near = fc.record({
  bytes: fc.tuple(fc.constantFrom(10, 11), fc.constantFrom(0, 128), fc.constantFrom(0, 1), fc.constantFrom(0, 255)),
  prefix: fc.integer({ min: 6, max: 32 }),
})
const textOf = ({ bytes, prefix }: { bytes: readonly number[]; prefix: number }) => `${bytes.join('.')}/${prefix}`

describe('spanOf', () => {
  test('gives the first and the last address of a range, host bits or not', () => {
    expect(spanOf('198.51.100.77/23')).toEqual({ first: 'c6336400', last: 'c63365ff' })
    expect(spanOf('203.0.113.7')).toEqual({ first: 'cb007107', last: 'cb007107' })
    expect(spanOf('0.0.0.0/0')).toEqual({ first: '00000000', last: 'ffffffff' })
    expect(spanOf('2001:db8::/33')).toEqual({
      first: '20010db8000000000000000000000000',
      last: '20010db87fffffffffffffffffffffff',
    })
    expect(spanOf('::')).toEqual({ first: '0'.repeat(32), last: '0'.repeat(32) })
  })

  test('folds IPv4 that is written as IPv6: mapped, or behind NAT64', () => {
    for (const text of ['::ffff:198.51.100.7', '::ffff:c633:6407', '64:ff9b::198.51.100.7', '64:ff9b::c633:6407']) {
      expect(spanOf(text)).toEqual(spanOf('198.51.100.7'))
    }
    expect(spanOf('64:ff9b::198.51.100.0/120')).toEqual(spanOf('198.51.100.0/24'))
    expect(spanOf('64:ff9b::/64')?.first).toHaveLength(32)
  })

  test('is undefined for what is no address', () => {
    for (const text of ['', 'root', '198.51.100', '010.0.0.1', 'fe80::1%eth0', '198.51.100.0/33', 'AS64500']) {
      expect(spanOf(text)).toBeUndefined()
    }
  })
})

describe('NetworkSet', () => {
  test('finds a network that holds the address, and one that the range holds', () => {
    expect(overlap('198.51.100.0/24', '198.51.100.255')).toBe(true)
    expect(overlap('198.51.100.0/24', '198.51.101.0')).toBe(false)
    expect(overlap('198.51.100.0/24', '198.51.0.0/16')).toBe(true)
    expect(overlap('198.51.100.7', '198.51.100.0/24')).toBe(true)
    expect(overlap('2001:db8::/32', '2001:db8:ffff::1')).toBe(true)
    expect(overlap('2001:db8::/32', '2001:db9::')).toBe(false)
  })

  test('keeps the families apart', () => {
    expect(overlap('0.0.0.0/0', '2001:db8::1')).toBe(false)
    expect(overlap('::/0', '203.0.113.7')).toBe(false)
  })

  test('names the widest of nested networks', () => {
    const networks = ['198.51.100.7', '198.51.100.0/24', '198.51.0.0/16', '2001:db8::/32', '198.51.100.0/24']
    const set = new NetworkSet(networks.map((network) => [network, network]))
    expect(set.find({ first: 'c6336407', last: 'c6336407' })).toBe('198.51.0.0/16')
    expect(set.find({ first: 'cb007107', last: 'cb007107' })).toBeUndefined()
  })

  test('agrees with a comparison bit by bit, for any networks', () => {
    const range = fc.oneof(ipv4Range, near)
    fc.assert(
      fc.property(fc.array(range, { maxLength: 12 }), range, (networks, asked) => {
        const set = new NetworkSet(networks.map((network) => [textOf(network), 'own']))
        const wanted = bitsOf(asked.bytes, asked.prefix)
        const meets = networks
          .map(({ bytes, prefix }) => bitsOf(bytes, prefix))
          .some((bits) => bits.startsWith(wanted) || wanted.startsWith(bits))
        const span = spanOf(textOf(asked))
        expect(span !== undefined && set.find(span) === 'own').toBe(meets)
      }),
      { numRuns: 2_000 },
    )
  })
})
