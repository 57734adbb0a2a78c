import { type Family, IpNetwork } from '@cscapi/signals'
import { Beat } from '../pacing/pace.js'
import { NetworkTable } from './network-table.js'

/** As many entries as move to a larger table in one go. */
const BLOCK = 32_768

/**
 * Takes networks, nobody knows how many, and makes one table of them without a long turn. Of the
 * same network twice, the later expiry holds.
 */
export class TableBuilder {
  readonly #family: Family
  readonly #timed: boolean
  readonly #full: NetworkTable[] = []
  #open: NetworkTable

  constructor(family: Family, timed: boolean) {
    this.#family = family
    this.#timed = timed
    this.#open = new NetworkTable(family, timed)
  }

  add(network: IpNetwork, expiresAt = 0, tag = 0): void {
    if (this.#open.size === BLOCK) {
      this.#full.push(this.#open)
      this.#open = new NetworkTable(this.#family, this.#timed)
    }
    this.#open.setLater(network, expiresAt, tag)
  }

  *build(): Generator<undefined, NetworkTable> {
    if (this.#full.length === 0) return this.#open.trim()
    const blocks = [...this.#full, this.#open]
    const capacity = blocks.reduce((sum, { size }) => sum + size, 0)
    const table = new NetworkTable(this.#family, this.#timed, capacity)
    for (const block of blocks) yield* copy(block, table)
    return yield* withoutSlack(table, this.#timed)
  }
}

/** The table without much room to grow; it must not be changed any more. */
export function* withoutSlack(table: NetworkTable, timed: boolean): Generator<undefined, NetworkTable> {
  if (table.size <= BLOCK) return table.trim()
  if (table.size > 0.75 * table.capacity) return table
  const exact = new NetworkTable(table.family, timed, table.size)
  yield* copy(table, exact)
  return exact
}

function* copy(from: NetworkTable, to: NetworkTable): Generator<undefined, void> {
  const network = new IpNetwork()
  const beat = new Beat()
  for (let index = 0; index < from.size; index += 1) {
    from.read(index, network)
    to.setLater(network, from.expiresAt(index), from.tagAt(index))
    if (beat.isDue()) yield
  }
}
