import { type Family, type IpNetwork, maskOf, type Words } from '@cscapi/signals'

/** Each entry at the same place of every column. */
export interface ColumnViews {
  readonly keys: Uint32Array
  readonly prefixes: Uint8Array
  readonly expires: Float64Array
  readonly tags: Uint32Array
}

/**
 * The entries of a table in typed arrays, one after the other in the order in which they came. An
 * IPv4 entry takes 5 bytes; times and tags stand only where entries differ in them.
 */
export class NetworkColumns {
  readonly family: Family
  /** Words of a network. */
  readonly width: number
  readonly #timed: boolean
  size = 0
  keys: Uint32Array
  prefixes: Uint8Array
  expires: Float64Array
  tags: Uint32Array

  constructor(family: Family, timed: boolean, capacity: number) {
    this.family = family
    this.width = family === 4 ? 1 : 4
    this.#timed = timed
    this.keys = new Uint32Array(capacity * this.width)
    this.prefixes = new Uint8Array(capacity)
    this.expires = new Float64Array(timed ? capacity : 0)
    this.tags = new Uint32Array(timed ? capacity : 0)
  }

  /** How many entries there is room for. */
  get capacity(): number {
    return this.prefixes.length
  }

  /** Adds an entry, for which there must be room, and gives its place. */
  append(words: Words, prefix: number): number {
    const index = this.size
    this.size += 1
    for (let word = 0; word < this.width; word += 1) this.keys[index * this.width + word] = words[word] ?? 0
    this.prefixes[index] = prefix
    return index
  }

  /** Sets what entries with times of their own have. */
  note(index: number, expiresAt: number, tag: number): void {
    if (!this.#timed) return
    this.expires[index] = expiresAt
    this.tags[index] = tag
  }

  /** Reads an entry's network into `network`. */
  read(index: number, network: IpNetwork): void {
    const { keys, width } = this
    for (let word = 0; word < width; word += 1) network.words[word] = keys[index * width + word] ?? 0
    network.family = this.family
    network.prefix = this.prefixes[index] ?? 0
  }

  expiresAt(index: number): number {
    return this.expires[index] ?? 0
  }

  tagAt(index: number): number {
    return this.tags[index] ?? 0
  }

  /** Whether an entry is the network of that prefix around an address. */
  matches(index: number, words: Words, prefix: number): boolean {
    if (this.prefixes[index] !== prefix) return false
    const at = index * this.width
    for (let word = 0; word < this.width; word += 1) {
      if (this.keys[at + word] !== ((words[word] ?? 0) & maskOf(prefix - 32 * word)) >>> 0) return false
    }
    return true
  }

  resize(capacity: number): void {
    this.keys = resized(this.keys, new Uint32Array(capacity * this.width))
    this.prefixes = resized(this.prefixes, new Uint8Array(capacity))
    if (!this.#timed) return
    this.expires = resized(this.expires, new Float64Array(capacity))
    this.tags = resized(this.tags, new Uint32Array(capacity))
  }

  /** The columns without their room to grow. They must not be changed. */
  views(): ColumnViews {
    const timed = this.#timed ? this.size : 0
    return {
      keys: this.keys.subarray(0, this.size * this.width),
      prefixes: this.prefixes.subarray(0, this.size),
      expires: this.expires.subarray(0, timed),
      tags: this.tags.subarray(0, timed),
    }
  }
}

function resized<T extends Uint32Array | Uint8Array | Float64Array>(from: T, to: T): T {
  to.set(from.subarray(0, to.length) as never)
  return to
}
