import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IpNetwork } from './ip-network.js'

const digits = fc.constantFrom('0', '1', '7', '9', '00', '12', '255', '256', '1e3', 'ffff', '10000', 'AbC', '')
const signs = fc.constantFrom('.', ':', '::', '/', '%', ' ', '\t', '-', '#', '\0', 'ï', '😀')
const nearAddress = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV6().map((ip) => `::ffff:${ip}`),
  fc.array(fc.oneof(digits, signs), { maxLength: 18 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
)

const part = fc.oneof(
  { weight: 6, arbitrary: fc.nat(255).map(String) },
  {
    weight: 1,
    arbitrary: fc.oneof(digits, signs, fc.nat(1_000).map(String), fc.constantFrom('+1', '-1', '٣', ':1', '/1')),
  },
)
/** Mostly dotted, and mostly wrong in one place. */
const nearDotted = fc.oneof(
  { weight: 4, arbitrary: fc.array(part, { minLength: 4, maxLength: 4 }).map((parts) => parts.join('.')) },
  { weight: 1, arbitrary: fc.array(part, { maxLength: 6 }).map((parts) => parts.join('.')) },
)
const isByte = (text: string) => /^[0-9]{1,3}$/.test(text) && Number(text) <= 255

const read = (text: string) => {
  const network = new IpNetwork()
  return network.read(text) ? network : undefined
}

/** The network as a string of bits, the slow and obvious way. */
function bitsOf({ words, family, prefix }: IpNetwork): string {
  const bits = [...words.subarray(0, family === 4 ? 1 : 4)].map((word) => word.toString(2).padStart(32, '0')).join('')
  return `${bits.slice(0, prefix)}|${bits.slice(prefix)}`
}

describe('an address', () => {
  test('parses as the platform says, or is none (100,000 texts)', () => {
    const network = new IpNetwork()
    fc.assert(
      fc.property(nearAddress, (text) => {
        // The platform takes a zone for a part of an address; nobody can block or report one.
        const isAddress = isIP(text) !== 0 && !text.includes('%')
        expect(network.readAddress(text)).toBe(isAddress)
        expect(network.read(text) && network.isAddress).toBe(isAddress)
        if (!isAddress) return
        const canonical = network.toString()
        expect(isIP(canonical)).toBe(network.family)
        expect(read(canonical)?.toString()).toBe(canonical)
      }),
      { numRuns: 100_000 },
    )
  })

  test('of IPv4 is four numbers up to 255 without a zero that leads, and nothing else (100,000 texts)', () => {
    const network = new IpNetwork()
    fc.assert(
      fc.property(nearDotted, fc.constantFrom('', '.', '0', '/24', '%eth0', '\0'), (text, behind) => {
        const parts = text.split('.')
        const isAddress = parts.length === 4 && parts.every((part) => part === String(Number(part)) && isByte(part))
        expect(network.readAddress(text + behind, text.length) && network.family === 4).toBe(isAddress)
        if (!isAddress) return
        expect([network.family, network.words[0]]).toEqual([
          4,
          parts.reduce((sum, part) => sum * 256 + Number(part), 0),
        ])
        expect([network.isAddress, network.toString()]).toEqual([true, text])
      }),
      { numRuns: 100_000 },
    )
  })

  test('of IPv4 is read of any number in any of its places, and of none above 255', () => {
    const network = new IpNetwork()
    for (const place of [0, 1, 2, 3])
      for (let number = 0; number <= 1_000; number += 1)
        for (const others of ['0', '9', '10', '255']) {
          const text = Array.from({ length: 4 }, (_, at) => (at === place ? String(number) : others)).join('.')
          expect([text, network.readAddress(text) && network.toString()]).toEqual([text, number <= 255 && text])
        }
  })

  test('of IPv6 is written as the host of a URL is, and read from that as the same one', () => {
    const group = fc.oneof(fc.constant(0), fc.nat(0xffff))
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const text = groups.map((value) => value.toString(16)).join(':')
        fc.pre(!text.startsWith('0:0:0:0:0:ffff:'))
        expect(`[${read(text)?.toString()}]`).toBe(new URL(`http://[${text}]`).hostname)
      }),
      { numRuns: 2_000 },
    )
  })

  test('of 4 or 16 bytes, or as a number of IPv4, is the same as its text', () => {
    const network = new IpNetwork()
    const byte = fc.oneof(fc.constantFrom(0, 255), fc.nat(255))
    const bytesOf = (size: number) => fc.uint8Array({ minLength: size, maxLength: size })
    const mapped = fc
      .tuple(byte, byte, byte, byte)
      .map((last) => Uint8Array.of(...Array(10).fill(0), 255, 255, ...last))
    fc.assert(
      fc.property(fc.oneof(bytesOf(4), bytesOf(16), mapped), (bytes) => {
        const groups = Array.from({ length: 8 }, (_, at) => ((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0))
        const text = bytes.length === 4 ? bytes.join('.') : groups.map((group) => group.toString(16)).join(':')
        expect(network.readBytes(bytes) && network.isAddress).toBe(true)
        expect([network.family, network.toString()]).toEqual([read(text)?.family, read(text)?.toString()])
        if (bytes.length === 16) return
        expect(network.readNumber(new DataView(bytes.buffer).getUint32(0)) && network.isAddress).toBe(true)
        expect(network.toString()).toBe(text)
      }),
    )
  })

  test.each([0, 3, 5, 15, 17, 32])('is not made of %i bytes', (length) => {
    expect(new IpNetwork().readBytes(new Uint8Array(length))).toBe(false)
  })

  test.each([-1, 2 ** 32, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('is not the number %d', (number) => {
    expect(new IpNetwork().readNumber(number)).toBe(false)
  })

  test('may be a part of a text', () => {
    const network = new IpNetwork()
    expect(network.readAddress('fe80::1%eth0', 7)).toBe(true)
    expect(network.toString()).toBe('fe80::1')
  })

  test('is no range, whatever its prefix', () => {
    for (const text of ['203.0.113.7/24', '203.0.113.7/32', '::/0'])
      expect(new IpNetwork().readAddress(text)).toBe(false)
  })
})

describe('a range', () => {
  test.each([
    ['198.51.100.77/23', '198.51.100.0/23'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:db8:ffff::1/33', '2001:db8:8000::/33'],
    ['2001:db8::1/0', '::/0'],
    ['203.0.113.7/32', '203.0.113.7'],
    ['::ffff:203.0.113.7/120', '203.0.113.0/24'],
  ])('%s loses its host bits: %s', (text, network) => {
    expect(read(text)?.toString()).toBe(network)
  })

  test('keeps the bits of its prefix, and no others', () => {
    const range = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
      fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).filter(([ip]) => read(ip)?.family === 6),
    )
    fc.assert(
      fc.property(range, ([ip, prefix]) => {
        const address = bitsOf(read(ip) ?? new IpNetwork()).replace('|', '')
        const open = '0'.repeat(address.length - prefix)
        expect(bitsOf(read(`${ip}/${prefix}`) ?? new IpNetwork())).toBe(`${address.slice(0, prefix)}|${open}`)
      }),
      { numRuns: 2_000 },
    )
  })
})

test.each([undefined, null, 7, {}, ['203.0.113.7']])('%o is no network', (value) => {
  expect(new IpNetwork().read(value)).toBe(false)
  expect(new IpNetwork().readAddress(value)).toBe(false)
})

test('becomes the network of a prefix around another one, and leaves that as it was', () => {
  const address = read('2001:db8:1:2::3') ?? new IpNetwork()
  const around = new IpNetwork()
  around.set({ ...address, words: address.words, prefix: 48 })
  expect([around.toString(), address.toString()]).toEqual(['2001:db8:1::/48', '2001:db8:1:2::3'])
})
