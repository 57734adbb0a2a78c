import { type IpNetwork, maskOf, type Words } from '@cscapi/signals'
import { Beat } from '../pacing/pace.js'
import { sortedOrder } from '../pacing/sorted-order.js'
import type { NetworkTable } from '../tables/network-table.js'
import { tableOf } from './source.js'

/** One allowlist, as it was read. */
export interface Allowlist {
  readonly id: string
  readonly name: string
  readonly v4: AllowedNetworks
  readonly v6: AllowedNetworks
}

/**
 * Allowed networks of one family: also in ascending order, so that those inside a range are found
 * without a look at all of them.
 */
export class AllowedNetworks {
  readonly table: NetworkTable
  readonly #order: Uint32Array
  /**
   * A heap over the expiries in that order: each node is the later of its two children, the leaves
   * are the second half.
   */
  readonly #latest: Float64Array

  private constructor(table: NetworkTable, order: Uint32Array, latest: Float64Array) {
    this.table = table
    this.#order = order
    this.#latest = latest
  }

  static *of(table: NetworkTable): Generator<undefined, AllowedNetworks> {
    const { size } = table
    const order = yield* sortedOrder(size, (a, b) => table.compare(a, b))
    const latest = new Float64Array(2 * size)
    const beat = new Beat()
    for (let at = 2 * size - 1; at > 0; at -= 1) {
      latest[at] =
        at >= size ? table.expiresAt(order[at - size] ?? 0) : Math.max(latest[2 * at] ?? 0, latest[2 * at + 1] ?? 0)
      if (beat.isDue()) yield
    }
    return new AllowedNetworks(table, order, latest)
  }

  /** Whether an entry has not run out. */
  isAnyInForce(now: number): boolean {
    return this.#latestOf(0, this.table.size) > now
  }

  /** Entries that have not run out. */
  countInForce(now: number): number {
    let count = 0
    for (let index = 0; index < this.table.size; index += 1) if (this.table.expiresAt(index) > now) count += 1
    return count
  }

  /** Whether an entry contains the network, or is contained in it, and has not run out. */
  meets({ words, prefix, isAddress }: IpNetwork, now: number): boolean {
    const { table } = this
    for (const length of table.lengths) {
      if (length > prefix) continue
      const index = table.find(words, length)
      if (index !== -1 && table.expiresAt(index) > now) return true
    }
    // Only a range has parts.
    if (table.size === 0 || isAddress) return false
    return this.#latestOf(this.#firstFrom(words, prefix, 0), this.#firstFrom(words, prefix, 1)) > now
  }

  /**
   * The first place in the order whose address, cut to the prefix, is not below the network (0), or
   * is above it (1).
   */
  #firstFrom(words: Words, prefix: number, above: 0 | 1): number {
    let low = 0
    let high = this.table.size
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#side(this.#order[middle] ?? 0, words, prefix) >= above) high = middle
      else low = middle + 1
    }
    return low
  }

  #side(index: number, words: Words, prefix: number): number {
    const width = this.table.family === 4 ? 1 : 4
    for (let word = 0; word < width; word += 1) {
      const mask = maskOf(prefix - 32 * word)
      const difference = ((this.table.wordAt(index, word) & mask) >>> 0) - (((words[word] ?? 0) & mask) >>> 0)
      if (difference !== 0) return Math.sign(difference)
    }
    return 0
  }

  /** The latest expiry of the entries from one place of the order to before another. */
  #latestOf(from: number, to: number): number {
    let latest = Number.NEGATIVE_INFINITY
    const take = (at: number) => {
      latest = Math.max(latest, this.#latest[at] ?? latest)
    }
    let [low, high] = [from + this.table.size, to + this.table.size]
    for (; low < high; low >>>= 1, high >>>= 1) {
      if (low % 2 === 1) take(low++)
      if (high % 2 === 1) take(--high)
    }
    return latest
  }
}

/**
 * Whether an entry of any list contains the network, or is contained in it, and has not run out.
 */
export function isAllowed(lists: readonly Allowlist[], network: IpNetwork, now: number): boolean {
  for (const list of lists) if (tableOf(list, network.family).meets(network, now)) return true
  return false
}
