import type { Family, IpNetwork, Words } from '@cscapi/signals'
import { type AddressFilter, Ipv4Filter, Ipv6Filter, NARROW } from './address-filter.js'
import { type ColumnViews, NetworkColumns } from './network-columns.js'
import { networkHash } from './network-hash.js'

/** Slots for each entry: the table is seven tenths full. */
const SLACK = 1.4

/** The lower bits of a slot's second half: of IPv4, all of the prefix. */
const PREFIX_BITS = 6
const PREFIX_MASK = 2 ** PREFIX_BITS - 1
const MOST_ENTRIES = 2 ** (32 - PREFIX_BITS) - 1

/** Entries from which on a filter is small beside the table. */
const FILTER_FROM = 2_048

type Network = Pick<IpNetwork, 'words' | 'prefix'>

/**
 * Networks of one family and one source: an open-addressing hash over network and prefix length,
 * whose slots take 11 bytes an entry. Room for more is made in one go, so what may be large is
 * given its capacity, or a {@link TableBuilder}.
 */
export class NetworkTable {
  readonly family: Family
  /** Whether each entry has its own expiry and tag. */
  readonly timed: boolean
  readonly #columns: NetworkColumns
  /**
   * Of each entry its hash; and its index, counted from 1, above the last bits of its prefix. So an
   * IPv4 network is found without a look at the entry, in one line of the processor's cache.
   */
  #slots: Int32Array
  #filter: AddressFilter | undefined
  #lengths: readonly number[] = []
  /** Those from {@link NARROW} on. */
  #narrowLengths: readonly number[] = []

  constructor(family: Family, timed: boolean, capacity = 16) {
    this.family = family
    this.timed = timed
    this.#columns = new NetworkColumns(family, timed, capacity)
    this.#slots = newSlots(capacity)
    this.#filter = this.#newFilter(capacity)
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
    const hash = this.#hash(words, prefix)
    const index = this.#seek(words, prefix, hash)
    this.#columns.note(index === -1 ? this.#append(words, prefix, hash) : index, expiresAt, tag)
  }

  /** Adds a network, unless it is there with an expiry that is as late or later. */
  setLater({ words, prefix }: Network, expiresAt: number, tag: number): void {
    const hash = this.#hash(words, prefix)
    const index = this.#seek(words, prefix, hash)
    if (index === -1) this.#columns.note(this.#append(words, prefix, hash), expiresAt, tag)
    else if (this.timed && expiresAt > this.expiresAt(index)) this.#columns.note(index, expiresAt, tag)
  }

  /** Adds a network that is not there. */
  add({ words, prefix }: Network, expiresAt: number, tag: number): void {
    this.#columns.note(this.#append(words, prefix, this.#hash(words, prefix)), expiresAt, tag)
  }

  setTag(index: number, tag: number): void {
    this.#columns.tags[index] = tag
  }

  /** Prefix lengths that entries around an address may have, longest first. */
  lengthsAround(words: Words): readonly number[] {
    const filter = this.#filter
    if (filter === undefined) return this.#lengths
    if (!filter.isNear(words)) return NONE
    return filter.isNearWide(words) ? this.#lengths : this.#narrowLengths
  }

  /** Where the network is, or -1. `words` may have more bits than the prefix. */
  find(words: Words, prefix: number): number {
    return this.#seek(words, prefix, this.#hash(words, prefix))
  }

  /** Reads an entry's network into `network`. */
  read(index: number, network: IpNetwork): void {
    this.#columns.read(index, network)
  }

  wordAt(index: number, word: number): number {
    return this.#columns.keys[index * this.#columns.width + word] ?? 0
  }

  prefixAt(index: number): number {
    return this.#columns.prefixes[index] ?? 0
  }

  expiresAt(index: number): number {
    return this.#columns.expiresAt(index)
  }

  tagAt(index: number): number {
    return this.#columns.tagAt(index)
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

  #hash(words: Words, prefix: number): number {
    return networkHash(words, prefix, this.#columns.width)
  }

  #seek(words: Words, prefix: number, hash: number): number {
    if (this.#filter !== undefined && !this.#filter.mayHold(words, prefix, hash)) return -1
    const columns = this.#columns
    const slots = this.#slots
    for (let at = startOf(hash, slots); ; at = after(at, slots)) {
      const held = slots[at + 1] ?? 0
      if (held === 0) return -1
      if (slots[at] !== hash || ((held ^ prefix) & PREFIX_MASK) !== 0) continue
      const index = (held >>> PREFIX_BITS) - 1
      if (columns.width === 1 || columns.matches(index, words, prefix)) return index
    }
  }

  #append(words: Words, prefix: number, hash: number): number {
    if (this.size === this.capacity) this.#resize(this.capacity * 2)
    const index = this.#columns.append(words, prefix)
    this.#place(index, hash)
    if (!this.#lengths.includes(prefix)) {
      this.#lengths = [...this.#lengths, prefix].sort((a, b) => b - a)
      this.#narrowLengths = this.#lengths.filter((length) => length >= NARROW[this.family])
    }
    return index
  }

  #place(index: number, hash: number): void {
    const slots = this.#slots
    const prefix = this.prefixAt(index)
    let at = startOf(hash, slots)
    while (slots[at + 1] !== 0) at = after(at, slots)
    slots[at] = hash
    slots[at + 1] = ((index + 1) << PREFIX_BITS) | (prefix & PREFIX_MASK)
    this.#filter?.add(this.#columns.keys, index * this.#columns.width, prefix, hash)
  }

  #resize(capacity: number): void {
    this.#columns.resize(capacity)
    this.#slots = newSlots(capacity)
    this.#filter = this.#newFilter(capacity)
    const { keys, width } = this.#columns
    for (let index = 0; index < this.size; index += 1)
      this.#place(index, networkHash(keys, this.prefixAt(index), width, index * width))
  }

  #newFilter(capacity: number): AddressFilter | undefined {
    if (capacity < FILTER_FROM) return undefined
    return this.family === 4 ? new Ipv4Filter(capacity) : new Ipv6Filter(capacity)
  }
}

const NONE: readonly number[] = []

/** Two words each, and at least one that stays empty. */
function newSlots(capacity: number): Int32Array {
  if (capacity > MOST_ENTRIES) throw new RangeError(`One source can have ${MOST_ENTRIES} entries of a family at most`)
  return new Int32Array(2 * Math.ceil(Math.max(capacity, 4) * SLACK))
}

/** Where the slots for a hash begin: they lie in the order of the hashes. */
const startOf = (hash: number, slots: Int32Array) => 2 * (((hash >>> 0) * (slots.length / 2 / 2 ** 32)) | 0)

const after = (at: number, slots: Int32Array) => (at + 2 === slots.length ? 0 : at + 2)
