import type { Family, IpNetwork, Words } from '@cscapi/signals'
import { type ColumnViews, NetworkColumns } from './network-columns.js'
import { networkHash } from './network-hash.js'
import { PrefixFilter } from './prefix-filter.js'

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
 * Networks of one family and one source: an open-addressing hash over network and prefix length,
 * whose slots take 8 to 16 bytes an entry. Room for more is made in one go, so what may be large is
 * given its capacity, or a {@link TableBuilder}.
 */
export class NetworkTable {
  readonly family: Family
  readonly #timed: boolean
  readonly #columns: NetworkColumns
  /**
   * Of each entry its index, counted from 1, in the lower bits, and the upper bits of its hash:
   * most of what differs is seen without a look at the entry.
   */
  #slots: Int32Array
  #filter: PrefixFilter | undefined
  #lengths: readonly number[] = []

  /** With `timed`, each entry has its own expiry and tag. */
  constructor(family: Family, timed: boolean, capacity = 16) {
    this.family = family
    this.#timed = timed
    this.#columns = new NetworkColumns(family === 4 ? 1 : 4, timed, capacity)
    this.#slots = new Int32Array(slotsFor(capacity))
    if (family === 4 && capacity >= FILTER_FROM) this.#filter = new PrefixFilter()
  }

  get size(): number {
    return this.#columns.size
  }

  /** How many entries it has room for as it is. */
  get capacity(): number {
    return this.#columns.capacity
  }

  /** Prefix lengths that are there, longest first. */
  get lengths(): readonly number[] {
    return this.#lengths
  }

  /** Adds a network, or gives it another expiry and tag. */
  set({ words, prefix }: Network, expiresAt = 0, tag = 0): void {
    const index = this.find(words, prefix)
    this.#columns.note(index === -1 ? this.#append(words, prefix) : index, expiresAt, tag)
  }

  /** Adds a network, unless it is there with an expiry that is as late or later. */
  setLater({ words, prefix }: Network, expiresAt: number, tag: number): void {
    const index = this.find(words, prefix)
    if (index === -1) this.#columns.note(this.#append(words, prefix), expiresAt, tag)
    else if (this.#timed && expiresAt > this.expiresAt(index)) this.#columns.note(index, expiresAt, tag)
  }

  setTag(index: number, tag: number): void {
    this.#columns.tags[index] = tag
  }

  /** Whether there may be an entry around the address: false is certain. */
  mayHold(words: Words): boolean {
    return this.#filter === undefined ? this.size > 0 : this.#filter.has(words[0] ?? 0)
  }

  /** Where the network is, or -1. `words` may have more bits than the prefix. */
  find(words: Words, prefix: number): number {
    const columns = this.#columns
    const slots = this.#slots
    const last = slots.length - 1
    const hash = networkHash(words, prefix, columns.width)
    for (let slot = hash & last; ; slot = (slot + 1) & last) {
      const held = slots[slot] ?? 0
      if (held === 0) return -1
      if (((held ^ hash) & ~last) !== 0) continue
      const index = (held & last) - 1
      if (columns.matches(index, words, prefix)) return index
    }
  }

  /** Reads an entry's network into `network`. */
  read(index: number, network: IpNetwork): void {
    const { keys, width } = this.#columns
    for (let word = 0; word < width; word += 1) network.words[word] = keys[index * width + word] ?? 0
    network.family = this.family
    network.prefix = this.prefixAt(index)
  }

  wordAt(index: number, word: number): number {
    return this.#columns.keys[index * this.#columns.width + word] ?? 0
  }

  prefixAt(index: number): number {
    return this.#columns.prefixes[index] ?? 0
  }

  expiresAt(index: number): number {
    return this.#columns.expires[index] ?? 0
  }

  tagAt(index: number): number {
    return this.#columns.tags[index] ?? 0
  }

  /** The order of two entries: by address, and then a range before what is in it. */
  compare(a: number, b: number): number {
    for (let word = 0; word < this.#columns.width; word += 1) {
      const difference = this.wordAt(a, word) - this.wordAt(b, word)
      if (difference !== 0) return difference
    }
    return this.prefixAt(a) - this.prefixAt(b)
  }

  /** Without the room to grow; the table must not be changed any more. */
  trim(): this {
    if (this.capacity > this.size) this.#resize(Math.max(this.size, 1))
    return this
  }

  /** What has to be written down to make the table again. */
  columns(): ColumnViews {
    return this.#columns.views()
  }

  #append(words: Words, prefix: number): number {
    if (this.size === this.capacity) this.#resize(this.capacity * 2)
    const index = this.#columns.append(words, prefix)
    this.#place(index)
    this.#filter?.add(words[0] ?? 0, prefix)
    if (!this.#lengths.includes(prefix)) this.#lengths = [...this.#lengths, prefix].sort((a, b) => b - a)
    return index
  }

  #place(index: number): void {
    const { keys, width } = this.#columns
    const last = this.#slots.length - 1
    const hash = networkHash(keys, this.prefixAt(index), width, index * width)
    let slot = hash & last
    while (this.#slots[slot] !== 0) slot = (slot + 1) & last
    this.#slots[slot] = (hash & ~last) | (index + 1)
  }

  #resize(capacity: number): void {
    this.#columns.resize(capacity)
    const slots = slotsFor(capacity)
    if (slots === this.#slots.length) return
    this.#slots = new Int32Array(slots)
    for (let index = 0; index < this.size; index += 1) this.#place(index)
    if (this.family === 4 && this.#filter === undefined && capacity >= FILTER_FROM) this.#startFilter()
  }

  #startFilter(): void {
    this.#filter = new PrefixFilter()
    for (let index = 0; index < this.size; index += 1) this.#filter.add(this.wordAt(index, 0), this.prefixAt(index))
  }
}

function slotsFor(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(capacity, 4) * SLACK))
}
