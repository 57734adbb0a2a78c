import { formatNetwork } from './format-ip.js'
import { type Family, parseIp, parseIpBytes, parsePrefix, type Words } from './parse-ip.js'

/** `64:ff9b::/96`, behind which a NAT64 puts IPv4 (RFC 6052). */
const NAT64 = 0x0064ff9b
/** `::`, `::1` and their neighbours in the deprecated `::/96` hold no IPv4 address. */
const FIRST_COMPATIBLE = 0x01000000

/**
 * An IPv4 or IPv6 network as numbers; an address is a network of one. It is read into again and
 * again, so that a million lines or lookups allocate nothing.
 */
export class IpNetwork {
  /** The first address; of IPv4, the first word alone counts. */
  readonly words: Words = new Uint32Array(4)
  /** 4 or 6. */
  family: Family = 4
  /** Prefix length: up to 32 for IPv4, 128 for IPv6. */
  prefix = 32

  /** Whether it is one address, not a range. */
  get isAddress(): boolean {
    return this.prefix === (this.family === 4 ? 32 : 128)
  }

  /**
   * Reads an address or a CIDR range, as {@link parseIp} does, and clears the range's host bits.
   * False for what is neither; then nothing that was held before holds any more.
   */
  read(text: unknown): boolean {
    if (typeof text !== 'string') return false
    const slash = text.indexOf('/')
    if (slash === -1) return this.readAddress(text)
    if (!this.readAddress(text, slash)) return false
    // The prefix of a folded address was counted in IPv6.
    const isFolded = this.family === 4 && text.includes(':')
    const prefix = parsePrefix(text, slash + 1) - (isFolded ? 96 : 0)
    if (prefix < 0 || prefix > this.prefix) return false
    this.widenTo(prefix)
    return true
  }

  /** Reads an address that ends before `end`, and no range. False for what is none. */
  readAddress(text: unknown, end?: number): boolean {
    return this.#becomeAddress(typeof text === 'string' ? parseIp(text, this.words, end) : 0)
  }

  /** Reads an address of 4 or 16 bytes in network order. False for another number of bytes. */
  readBytes(bytes: Uint8Array): boolean {
    return this.#becomeAddress(parseIpBytes(bytes, this.words))
  }

  /** Reads an IPv4 address that is a whole number from 0 to 4,294,967,295. False for another. */
  readNumber(address: number): boolean {
    if (address >>> 0 !== address) return false
    this.words[0] = address
    return this.#becomeAddress(4)
  }

  #becomeAddress(family: Family | 0): boolean {
    if (family === 0) return false
    this.family = family
    this.prefix = family === 4 ? 32 : 128
    return true
  }

  /** Becomes another network, or the one of that prefix length around its words. */
  set({ words, family, prefix }: Pick<IpNetwork, 'words' | 'family' | 'prefix'>): void {
    this.family = family
    this.prefix = prefix
    for (let word = 0; word < 4; word += 1) this.words[word] = (words[word] ?? 0) & maskOf(prefix - 32 * word)
  }

  /** Becomes the network of that prefix length around it. */
  widenTo(prefix: number): void {
    this.prefix = prefix
    for (let word = 0; word < 4; word += 1) this.words[word] = (this.words[word] ?? 0) & maskOf(prefix - 32 * word)
  }

  /**
   * Becomes the IPv4 network that it holds, if it is an IPv6 one that holds nothing else: behind
   * NAT64 or in `::/96`. `64:ff9b::10.0.0.0/104` → `10.0.0.0/8`.
   */
  foldEmbeddedIpv4(): void {
    const { words, family, prefix } = this
    if (family === 4 || prefix < 96 || words[1] !== 0 || words[2] !== 0) return
    const [first, , , last = 0] = words
    if (first !== NAT64 && (first !== 0 || last < FIRST_COMPATIBLE)) return
    words[0] = last
    this.family = 4
    this.prefix = prefix - 96
  }

  /** Writes it canonically: `203.0.113.7`, `2001:db8::/32`. */
  toString(): string {
    return formatNetwork(this.words, this.family, this.prefix)
  }
}

/** Gives the first bits of a word. */
export function maskOf(bits: number): number {
  if (bits <= 0) return 0
  return bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0
}
