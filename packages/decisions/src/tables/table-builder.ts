import { type Family, IpNetwork } from '@cscapi/signals'
import { Beat } from '../pacing/pace.js'
import { NetworkColumns } from './network-columns.js'
import { NetworkTable } from './network-table.js'

/** As many entries as move to a larger place in one go. */
const BLOCK = 32_768

/**
 * Takes networks, nobody knows how many, and makes one table of them without a long turn. Of the
 * same network twice, the later expiry holds.
 */
export class TableBuilder {
  readonly #family: Family
  readonly #timed: boolean
  /** As they came. */
  readonly #blocks: NetworkColumns[] = []
  #open: NetworkColumns | undefined

  constructor(family: Family, timed: boolean) {
    this.#family = family
    this.#timed = timed
  }

  add({ words, prefix }: IpNetwork, expiresAt = 0, tag = 0): void {
    if (this.#open === undefined || this.#open.size === BLOCK) {
      this.#open = new NetworkColumns(this.#family, this.#timed, 16)
      this.#blocks.push(this.#open)
    }
    if (this.#open.size === this.#open.capacity) this.#open.resize(this.#open.capacity * 2)
    this.#open.note(this.#open.append(words, prefix), expiresAt, tag)
  }

  *build(): Generator<undefined, NetworkTable> {
    const capacity = this.#blocks.reduce((sum, { size }) => sum + size, 0)
    const table = new NetworkTable(this.#family, this.#timed, Math.max(capacity, 1))
    for (const block of this.#blocks)
      yield* each(block, (network, expiresAt, tag) => table.setLater(network, expiresAt, tag))
    return yield* withoutSlack(table)
  }
}

/** Entries of a table that are kept beside those of another one, where they are not. */
export interface Kept {
  readonly table: NetworkTable
  /** Of each entry 1 if it is kept. */
  readonly isKept: Uint8Array
  /** How many are. */
  readonly count: number
}

/** A table of all entries of `fresh`, which must not be changed any more, and of those kept. */
export function* besides(fresh: NetworkTable, { table, isKept, count }: Kept): Generator<undefined, NetworkTable> {
  if (count === 0) return yield* withoutSlack(fresh)
  const both = new NetworkTable(fresh.family, fresh.timed, fresh.size + count)
  yield* each(fresh, (network, expiresAt, tag) => both.add(network, expiresAt, tag))
  yield* each(table, (network, expiresAt, tag) => both.add(network, expiresAt, tag), isKept)
  return both
}

/** The table without much room to grow; it must not be changed any more. */
function* withoutSlack(table: NetworkTable): Generator<undefined, NetworkTable> {
  if (table.size > 0.75 * table.capacity) return table
  if (table.size <= BLOCK) return table.trim()
  const exact = new NetworkTable(table.family, table.timed, table.size)
  yield* each(table, (network, expiresAt, tag) => exact.add(network, expiresAt, tag))
  return exact
}

/** Visits every entry, or those that are marked with 1. */
function* each(
  entries: NetworkColumns | NetworkTable,
  visit: (network: IpNetwork, expiresAt: number, tag: number) => void,
  marks?: Uint8Array,
): Generator<undefined, void> {
  const network = new IpNetwork()
  const beat = new Beat()
  for (let index = 0; index < entries.size; index += 1) {
    if (marks === undefined || marks[index] === 1) {
      entries.read(index, network)
      visit(network, entries.expiresAt(index), entries.tagAt(index))
    }
    if (beat.isDue()) yield
  }
}
