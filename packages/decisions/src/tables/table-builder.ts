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
    return yield* withoutSlack(yield* this.fill(0), this.#timed)
  }

  /** A table that has room for so many more. */
  *fill(more: number): Generator<undefined, NetworkTable> {
    const capacity = this.#blocks.reduce((sum, { size }) => sum + size, more)
    const table = new NetworkTable(this.#family, this.#timed, Math.max(capacity, 1))
    for (const block of this.#blocks) yield* copy(block, table)
    return table
  }
}

/** The table without much room to grow; it must not be changed any more. */
export function* withoutSlack(table: NetworkTable, timed: boolean): Generator<undefined, NetworkTable> {
  if (table.size > 0.75 * table.capacity) return table
  if (table.size <= BLOCK) return table.trim()
  const exact = new NetworkTable(table.family, timed, table.size)
  yield* copy(table, exact)
  return exact
}

function* copy(from: NetworkColumns | NetworkTable, to: NetworkTable): Generator<undefined, void> {
  const network = new IpNetwork()
  const beat = new Beat()
  for (let index = 0; index < from.size; index += 1) {
    from.read(index, network)
    to.setLater(network, from.expiresAt(index), from.tagAt(index))
    if (beat.isDue()) yield
  }
}
