import { type Family, maskOf, parseNetwork, type Words } from '../parse-ip.js'

interface Network {
  readonly words: Words
  readonly prefix: number
}

function network(text: string): Network {
  const words = new Uint32Array(4)
  const prefix = parseNetwork(text, words, { value: 0 })
  return { words, prefix }
}

/**
 * Nobody's to block: private, loopback, link-local, unspecified, multicast (RFC 1918, 4193, 5735,
 * 6890).
 */
const RESERVED: Readonly<Record<4 | 6, readonly Network[]>> = {
  4: [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '224.0.0.0/3',
  ].map(network),
  6: ['::/127', 'fc00::/7', 'fe80::/10', 'ff00::/8'].map(network),
}

/**
 * Shortest prefix that an entry may have: a wider one would lock out a large part of the Internet.
 */
const WIDEST = { 4: 8, 6: 16 } as const

/** The rule that an entry of a list breaks, since it would lock out its own users, or everybody. */
export function lockoutRule(words: Words, family: Family, prefix: number): string | undefined {
  if (family === 0) return undefined
  if (prefix < WIDEST[family]) return `must not be wider than /${WIDEST[family]}`
  const isReserved = RESERVED[family].some((range) => overlap(range, words, prefix, family))
  return isReserved ? 'must not be private, loopback, link-local or multicast' : undefined
}

function overlap(range: Network, words: Words, prefix: number, family: 4 | 6): boolean {
  const bits = Math.min(range.prefix, prefix)
  for (let index = 0; index < (family === 4 ? 1 : 4); index += 1) {
    const mask = maskOf(bits - 32 * index)
    if ((((range.words[index] ?? 0) ^ (words[index] ?? 0)) & mask) !== 0) return false
  }
  return true
}
