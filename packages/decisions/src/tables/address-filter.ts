import { maskOf, type Words } from '@cscapi/signals'
import { neighbourHash } from './network-hash.js'

/** Regions that are told apart: of IPv4 each /16, of IPv6 the /32 networks, by a hash. */
const REGIONS = 2 ** 16
/** Words of a line of the processor's cache, which has 64 bytes. */
const LINE = 16
/** Bits of the lines for each entry, before rounding up to a power of two. */
const BITS = 8
/** Entries of a family from this length on lie in the line of their network of this length. */
export const NARROW = { 4: 24, 6: 48 } as const

/**
 * Tells of most networks that they are not there, from two lines of the processor's cache: one bit
 * for each region in 8 KiB, where most addresses end; then two bits for each entry, all of those
 * that can be around an address in one line. What it holds back is certainly not there; about one
 * in twenty passes that is not there either.
 */
export abstract class AddressFilter {
  protected abstract readonly narrow: number
  /** Which regions hold an entry, or a part of one; and which have to do with a wide one, not narrow. */
  readonly #near = new Int32Array(REGIONS / 32)
  readonly #wide = new Int32Array(REGIONS / 32)
  readonly #lines: Int32Array
  readonly #shift: number

  constructor(capacity: number) {
    const bits = Math.max(1, Math.ceil(Math.log2((capacity * BITS) / (LINE * 32))))
    this.#lines = new Int32Array(2 ** bits * LINE)
    this.#shift = 32 - bits
  }

  /** Adds a network, whose first word stands `at`; `hash` is that of it with its prefix. */
  add(words: Words, at: number, prefix: number, hash: number): void {
    const spanned = this.spanOf(prefix)
    const from = spanned === REGIONS ? 0 : this.regionOf(words[at] ?? 0)
    for (let region = from; region < from + spanned; region += 1) {
      setBit(this.#near, region)
      if (prefix < this.narrow) setBit(this.#wide, region)
    }
    const line = this.#lineOf(this.vicinityOf(words, prefix, at))
    setBit(this.#lines, line + (hash >>> 23))
    setBit(this.#lines, line + ((hash >>> 14) & 511))
  }

  /** Whether there may be an entry around an address. */
  isNear(words: Words): boolean {
    return bitOf(this.#near, this.regionOf(words[0] ?? 0)) === 1
  }

  /** Whether there may be one that is shorter than {@link NARROW}. */
  isNearWide(words: Words): boolean {
    return bitOf(this.#wide, this.regionOf(words[0] ?? 0)) === 1
  }

  /** Whether the network may be there; words may have more bits than the prefix. */
  mayHold(words: Words, prefix: number, hash: number): boolean {
    const line = this.#lineOf(this.vicinityOf(words, prefix, 0))
    const lines = this.#lines
    // Both bits at once: whether the first is set cannot be foretold.
    return (bitOf(lines, line + (hash >>> 23)) & bitOf(lines, line + ((hash >>> 14) & 511))) === 1
  }

  /** The region of an address, by its first word. */
  protected abstract regionOf(first: number): number

  /** How many regions a network of this length lies in: one after the other, or all. */
  protected abstract spanOf(prefix: number): number

  /** A hash that is the same for all narrow entries around an address. */
  protected abstract vicinityOf(words: Words, prefix: number, at: number): number

  /** The first bit of a line. */
  #lineOf(vicinity: number): number {
    return (vicinity >>> this.#shift) * LINE * 32
  }
}

export class Ipv4Filter extends AddressFilter {
  protected readonly narrow = NARROW[4]

  protected regionOf(first: number): number {
    return first >>> 16
  }

  protected spanOf(prefix: number): number {
    return prefix >= 16 ? 1 : 2 ** (16 - prefix)
  }

  protected vicinityOf(words: Words, prefix: number, at: number): number {
    return neighbourHash(((words[at] ?? 0) & maskOf(prefix)) >>> 8)
  }
}

export class Ipv6Filter extends AddressFilter {
  protected readonly narrow = NARROW[6]

  protected regionOf(first: number): number {
    return neighbourHash(first) >>> 16
  }

  protected spanOf(prefix: number): number {
    return prefix >= 32 ? 1 : REGIONS
  }

  protected vicinityOf(words: Words, prefix: number, at: number): number {
    const second = ((words[at + 1] ?? 0) & maskOf(prefix - 32)) >>> 16
    return neighbourHash(neighbourHash((words[at] ?? 0) & maskOf(prefix)) ^ second)
  }
}

const bitOf = (words: Int32Array, bit: number) => ((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1

function setBit(words: Int32Array, bit: number): void {
  words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << (bit & 31))
}
