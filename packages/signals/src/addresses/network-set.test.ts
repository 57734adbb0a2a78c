import { BlockList, isIPv4 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IpNetwork } from './ip-network.js'
import { NetworkSet } from './network-set.js'

function find(networks: readonly string[], asked: string): string | undefined {
  const network = new IpNetwork()
  expect(network.read(asked), asked).toBe(true)
  return new NetworkSet(networks.map((text) => [text, text])).find(network)
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

describe('a set of networks', () => {
  test.each([
    ['198.51.100.0/24', '198.51.100.255', true],
    ['198.51.100.0/24', '198.51.101.0', false],
    ['198.51.100.0/24', '198.51.0.0/16', true],
    ['198.51.100.7', '198.51.100.0/24', true],
    ['198.51.100.77/23', '198.51.100.0', true],
    ['198.51.100.77/23', '198.51.101.255', true],
    ['198.51.100.77/23', '198.51.102.0', false],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::', false],
    ['2001:db8::/33', '2001:db8:7fff:ffff:ffff:ffff:ffff:ffff', true],
    ['2001:db8::/33', '2001:db8:8000::', false],
  ])('of %s meets %s: %s, whichever is the wider one', (network, asked, meets) => {
    expect(find([network], asked)).toBe(meets ? network : undefined)
    expect(find([asked], network)).toBe(meets ? asked : undefined)
  })

  test('keeps the families apart', () => {
    expect(find(['0.0.0.0/0'], '2001:db8::1')).toBeUndefined()
    expect(find(['::/0'], '203.0.113.7')).toBeUndefined()
  })

  test('names the widest of nested networks', () => {
    const networks = ['198.51.100.7', '198.51.100.0/24', '198.51.0.0/16', '2001:db8::/32', '198.51.100.0/24']
    expect(find(networks, '198.51.100.7')).toBe('198.51.0.0/16')
    expect(find(networks, '203.0.113.7')).toBeUndefined()
  })

  test('passes over what is no network', () => {
    expect(find(['root', '198.51.100.0/33', '198.51.100.7'], '198.51.100.7')).toBe('198.51.100.7')
  })

  test('agrees with a comparison bit by bit, for any networks', () => {
    const range = fc.oneof(ipv4Range, near)
    fc.assert(
      fc.property(fc.array(range, { maxLength: 12 }), range, (networks, asked) => {
        const wanted = bitsOf(asked.bytes, asked.prefix)
        const meets = networks
          .map(({ bytes, prefix }) => bitsOf(bytes, prefix))
          .some((bits) => bits.startsWith(wanted) || wanted.startsWith(bits))
        expect(find(networks.map(textOf), textOf(asked)) !== undefined).toBe(meets)
      }),
      { numRuns: 2_000 },
    )
  })

  test('holds the addresses that the platform says', () => {
    const groups = fc.array(fc.constantFrom(0, 1, 0x2001, 0xdb8, 0xffff), { minLength: 8, maxLength: 8 })
    const ipv6 = groups.map((all) => all.map((group) => group.toString(16)).join(':'))
    const address = fc.oneof(
      near.map(({ bytes }) => bytes.join('.')),
      ipv6,
    )
    const network = fc.oneof(
      near.map(textOf),
      fc.tuple(ipv6, fc.integer({ min: 0, max: 128 })).map((one) => one.join('/')),
    )
    fc.assert(
      fc.property(fc.array(network, { maxLength: 8 }), address, (networks, asked) => {
        // IPv4 inside IPv6, which the platform knows in part, has its own tests.
        fc.pre([...networks, asked].every((text) => !/^(?:0:){4,}/.test(text)))
        const platform = new BlockList()
        for (const text of networks) {
          const [first = '', prefix] = text.split('/')
          // To the platform, `::/0` holds IPv4 too.
          if (isIPv4(first) === isIPv4(asked))
            platform.addSubnet(first, Number(prefix), isIPv4(first) ? 'ipv4' : 'ipv6')
        }
        const isHeld = platform.check(asked, isIPv4(asked) ? 'ipv4' : 'ipv6')
        expect(find(networks, asked) !== undefined).toBe(isHeld)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('IPv4 that is written as IPv6', () => {
  test.each([
    '::ffff:198.51.100.7',
    '::ffff:c633:6407',
    '64:ff9b::198.51.100.7',
    '64:ff9b::c633:6407',
    '::198.51.100.7',
  ])('counts as IPv4, in the set and out of it: %s', (text) => {
    expect(find(['198.51.100.0/24'], text)).toBe('198.51.100.0/24')
    expect(find([text], '198.51.100.7')).toBe(text)
  })

  test('may be a range', () => {
    expect(find(['198.51.100.0/24'], '64:ff9b::198.51.0.0/112')).toBe('198.51.100.0/24')
    expect(find(['64:ff9b::198.51.0.0/112'], '198.51.100.7')).toBe('64:ff9b::198.51.0.0/112')
  })

  test.each(['64:ff9b::/64', '64:ff9b:1::198.51.100.7', '64:ff9b:0:1::c633:6407', '::1', '::', '::/95'])(
    'is not what %s is',
    (text) => {
      expect(find(['0.0.0.0/0'], text)).toBeUndefined()
    },
  )
})
