import { vicinityHash } from './network-hash.js'

/** Bits of an address that name one of 65,536 networks. */
const NEAR = 16
/** Words of a line of the processor's cache, which has 64 bytes. */
const LINE = 16
/** Bits of the lines for each entry, before rounding up to a power of two. */
const BITS = 8
/** Entries from this length on lie in the line of their /24. */
export const NARROW = 24

/**
 * Tells of most IPv4 networks that they are not there, from two lines of the processor's cache: one
 * bit for each /16 in 8 KiB, where most addresses end; then two bits for each entry, all of those
 * that can be around an address in one line. What it holds back is certainly not there; about one
 * in twenty passes that is not there either.
 */
export class AddressFilter {
  /** Which /16 networks hold an entry, or a part of one; and which have to do with a wide one. */
  readonly #near = new Int32Array(2 ** NEAR / 32)
  readonly #wide = new Int32Array(2 ** NEAR / 32)
  readonly #lines: Int32Array
  readonly #shift: number

  constructor(capacity: number) {
    const bits = Math.max(1, Math.ceil(Math.log2((capacity * BITS) / (LINE * 32))))
    this.#lines = new Int32Array(2 ** bits * LINE)
    this.#shift = 32 - bits
  }

  /** `hash` is that of the network with its prefix. */
  add(network: number, prefix: number, hash: number): void {
    const count = prefix >= NEAR ? 1 : 2 ** (NEAR - prefix)
    const first = network >>> (32 - NEAR)
    for (let at = first; at < first + count; at += 1) {
      setBit(this.#near, at)
      if (prefix < NARROW) setBit(this.#wide, at)
    }
    const line = this.#lineOf(network)
    setBit(this.#lines, line + (hash >>> 23))
    setBit(this.#lines, line + ((hash >>> 14) & 511))
  }

  /** Whether there may be an entry around an address. */
  isNear(address: number): boolean {
    return bitOf(this.#near, address >>> (32 - NEAR)) === 1
  }

  /** Whether there may be one that is shorter than {@link NARROW}. */
  isNearWide(address: number): boolean {
    return bitOf(this.#wide, address >>> (32 - NEAR)) === 1
  }

  /** Whether the network may be there. */
  mayHold(network: number, hash: number): boolean {
    const line = this.#lineOf(network)
    const lines = this.#lines
    // Both bits at once: whether the first is set cannot be foretold.
    return (bitOf(lines, line + (hash >>> 23)) & bitOf(lines, line + ((hash >>> 14) & 511))) === 1
  }

  /** The first bit of the line of a /24. */
  #lineOf(network: number): number {
    return (vicinityHash(network) >>> this.#shift) * LINE * 32
  }
}

const bitOf = (words: Int32Array, bit: number) => ((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1

function setBit(words: Int32Array, bit: number): void {
  words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << (bit & 31))
}
