import { type Family, type IpNetwork, maskOf, type Words } from '@cscapi/signals'
import { PrefixFilter } from './prefix-filter.js'

/**
 * Differs from process to process: nobody can write a list whose entries all fall into the same
 * slots.
 */
const SEED = Math.floor(Math.random() * 2 ** 32)

/**
 * Slots for each entry, before rounding up to a power of two: the table is a third to two thirds
 * full.
 */
const SLACK = 1.5

/**
 * Entries from which on a look into the table is slower than one into a filter, which then is small
 * beside it.
 */
const FILTER_FROM = 16_384

type Network = Pick<IpNetwork, 'words' | 'prefix'>

/**
 * Networks of one family and one source: an open-addressing hash over network and prefix length, in
 * typed arrays. An IPv4 entry of a list takes 5 bytes and its slots 8 to 16; times and tags only
 * where entries differ in them. Room for more is made in one go, so what may be large is given its
 * capacity, or a {@link TableBuilder}.
 */
export class NetworkTable {
  readonly family: Family
  readonly #width: number
  readonly #timed: boolean
  #keys: Uint32Array
  #prefixes: Uint8Array
  #expires: Float64Array
  #tags: Uint32Array
  /**
   * Of each entry its index, counted from 1, in the lower bits, and the upper bits of its hash:
   * most of what differs is seen without a look at the entry.
   */
  #slots: Int32Array
  #filter: PrefixFilter | undefined
  #count = 0
  /** How many entries each prefix length has. */
  readonly #lengths: Uint32Array
  /** Prefix lengths that are there, longest first. */
  #present: readonly number[] = []

  /** With `timed`, each entry has its own expiry and tag. */
  constructor(family: Family, timed: boolean, capacity = 16) {
    this.family = family
    this.#width = family === 4 ? 1 : 4
    this.#timed = timed
    this.#lengths = new Uint32Array(family === 4 ? 33 : 129)
    this.#keys = new Uint32Array(capacity * this.#width)
    this.#prefixes = new Uint8Array(capacity)
    this.#expires = new Float64Array(timed ? capacity : 0)
    this.#tags = new Uint32Array(timed ? capacity : 0)
    this.#slots = new Int32Array(slotsFor(capacity))
    if (family === 4 && capacity >= FILTER_FROM) this.#filter = new PrefixFilter()
  }

  get size(): number {
    return this.#count
  }

  /** Prefix lengths that are there, longest first. */
  get lengths(): readonly number[] {
    return this.#present
  }

  /** Adds a network, or gives it another expiry and tag. */
  set({ words, prefix }: Network, expiresAt = 0, tag = 0): void {
    const index = this.find(words, prefix)
    this.#note(index === -1 ? this.#append(words, prefix) : index, expiresAt, tag)
  }

  /** Adds a network, unless it is there with an expiry that is as late or later. */
  setLater({ words, prefix }: Network, expiresAt: number, tag: number): void {
    const index = this.find(words, prefix)
    if (index === -1) this.#note(this.#append(words, prefix), expiresAt, tag)
    else if (this.#timed && expiresAt > this.expiresAt(index)) this.#note(index, expiresAt, tag)
  }

  #note(index: number, expiresAt: number, tag: number): void {
    if (!this.#timed) return
    this.#expires[index] = expiresAt
    this.#tags[index] = tag
  }

  #append(words: Words, prefix: number): number {
    if (this.#count === this.#prefixes.length) this.#grow()
    const index = this.#count
    this.#count += 1
    for (let word = 0; word < this.#width; word += 1) this.#keys[index * this.#width + word] = words[word] ?? 0
    this.#prefixes[index] = prefix
    this.#place(index)
    this.#filter?.add(words[0] ?? 0, prefix)
    if (this.#lengths[prefix] === 0) this.#notePresent(prefix)
    this.#lengths[prefix] = (this.#lengths[prefix] ?? 0) + 1
    return index
  }

  setTag(index: number, tag: number): void {
    this.#tags[index] = tag
  }

  /** Whether there may be an entry around the address: false is certain. */
  mayHold(words: Words): boolean {
    return this.#filter === undefined ? this.#count > 0 : this.#filter.has(words[0] ?? 0)
  }

  /** Where the network is, or -1. `words` may have more bits than the prefix. */
  find(words: Words, prefix: number): number {
    const slots = this.#slots
    const last = slots.length - 1
    const hash = this.#hash(words, prefix)
    for (let slot = hash & last; ; slot = (slot + 1) & last) {
      const held = slots[slot] ?? 0
      if (held === 0) return -1
      if (((held ^ hash) & ~last) !== 0) continue
      const index = (held & last) - 1
      if (this.#prefixes[index] === prefix && this.#matches(index, words, prefix)) return index
    }
  }

  /** Reads an entry's network into `network`. */
  read(index: number, network: IpNetwork): void {
    for (let word = 0; word < this.#width; word += 1) network.words[word] = this.wordAt(index, word)
    network.family = this.family
    network.prefix = this.prefixAt(index)
  }

  wordAt(index: number, word: number): number {
    return this.#keys[index * this.#width + word] ?? 0
  }

  /** The order of two entries: by address, and then a range before what is in it. */
  compare(a: number, b: number): number {
    for (let word = 0; word < this.#width; word += 1) {
      const difference = this.wordAt(a, word) - this.wordAt(b, word)
      if (difference !== 0) return difference
    }
    return this.prefixAt(a) - this.prefixAt(b)
  }

  prefixAt(index: number): number {
    return this.#prefixes[index] ?? 0
  }

  expiresAt(index: number): number {
    return this.#expires[index] ?? 0
  }

  tagAt(index: number): number {
    return this.#tags[index] ?? 0
  }

  /** How many entries it has room for as it is. */
  get capacity(): number {
    return this.#prefixes.length
  }

  /** Without the room to grow; the table must not be changed any more. */
  trim(): this {
    if (this.#prefixes.length > this.#count) this.#resize(Math.max(this.#count, 1))
    return this
  }

  /** What has to be written down to make the table again. Views: they must not be changed. */
  columns(): { keys: Uint32Array; prefixes: Uint8Array; expires: Float64Array; tags: Uint32Array } {
    const count = this.#count
    const timed = this.#timed ? count : 0
    return {
      keys: this.#keys.subarray(0, count * this.#width),
      prefixes: this.#prefixes.subarray(0, count),
      expires: this.#expires.subarray(0, timed),
      tags: this.#tags.subarray(0, timed),
    }
  }

  #hash(words: Words, prefix: number, at = 0): number {
    let hash = Math.imul((SEED ^ prefix) + 1, 0x9e3779b1)
    for (let word = 0; word < this.#width; word += 1) {
      hash = Math.imul(hash ^ ((words[at + word] ?? 0) & maskOf(prefix - 32 * word)), 0x85ebca6b)
      hash ^= hash >>> 15
    }
    return hash
  }

  #matches(index: number, words: Words, prefix: number): boolean {
    const at = index * this.#width
    for (let word = 0; word < this.#width; word += 1) {
      if (this.#keys[at + word] !== ((words[word] ?? 0) & maskOf(prefix - 32 * word)) >>> 0) return false
    }
    return true
  }

  #place(index: number): void {
    const last = this.#slots.length - 1
    const hash = this.#hash(this.#keys, this.#prefixes[index] ?? 0, index * this.#width)
    let slot = hash & last
    while (this.#slots[slot] !== 0) slot = (slot + 1) & last
    this.#slots[slot] = (hash & ~last) | (index + 1)
  }

  #notePresent(prefix: number): void {
    this.#present = [...this.#present, prefix].sort((a, b) => b - a)
  }

  #grow(): void {
    this.#resize(this.#prefixes.length * 2)
  }

  #resize(capacity: number): void {
    this.#keys = resized(this.#keys, new Uint32Array(capacity * this.#width))
    this.#prefixes = resized(this.#prefixes, new Uint8Array(capacity))
    if (this.#timed) {
      this.#expires = resized(this.#expires, new Float64Array(capacity))
      this.#tags = resized(this.#tags, new Uint32Array(capacity))
    }
    const slots = slotsFor(capacity)
    if (slots === this.#slots.length) return
    this.#slots = new Int32Array(slots)
    for (let index = 0; index < this.#count; index += 1) this.#place(index)
    if (this.family === 4 && this.#filter === undefined && capacity >= FILTER_FROM) this.#startFilter()
  }

  #startFilter(): void {
    this.#filter = new PrefixFilter()
    for (let index = 0; index < this.#count; index += 1) {
      this.#filter.add(this.#keys[index] ?? 0, this.#prefixes[index] ?? 0)
    }
  }
}

function slotsFor(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(capacity, 4) * SLACK))
}

function resized<T extends Uint32Array | Uint8Array | Float64Array>(from: T, to: T): T {
  to.set(from.subarray(0, to.length) as never)
  return to
}
