import type { Family } from '@cscapi/signals'
import type { Pace } from '../pacing/pace.js'
import { NetworkTable } from '../tables/network-table.js'
import { aligned, corrupt, type TableHeader } from './snapshot-layout.js'

/** Entries of a table that are copied in one go. */
const COPIED = 1_024

/** Reads one table after the other. */
export class TableReader {
  readonly #body: Uint8Array
  readonly #pace: Pace
  #at: number

  constructor(body: Uint8Array, at: number, pace: Pace) {
    this.#body = body
    this.#at = at
    this.#pace = pace
  }

  async next(family: Family, { size, timed }: TableHeader, tagCount: number): Promise<NetworkTable> {
    const width = family === 4 ? 1 : 4
    const starts = [4 * width, 1, timed ? 8 : 0, timed ? 4 : 0].map((bytes) => this.#skip(bytes * size))
    const [keysAt = 0, prefixesAt = 0, expiresAt = 0, tagsAt = 0] = starts
    const table = new NetworkTable(family, timed, Math.max(size, 1))
    for (let first = 0; first < size; first += COPIED) {
      const count = Math.min(COPIED, size - first)
      const copy = (at: number, bytes: number) => this.#copy(at + first * bytes, count * bytes)
      const keys = new Uint32Array(copy(keysAt, 4 * width))
      const prefixes = new Uint8Array(copy(prefixesAt, 1))
      const expires = timed ? new Float64Array(copy(expiresAt, 8)) : undefined
      const tags = timed ? new Uint32Array(copy(tagsAt, 4)) : undefined
      for (let at = 0; at < count; at += 1) {
        const [prefix = 0, expiry = 0, tag = 0] = [prefixes[at], expires?.[at], tags?.[at]]
        if (prefix > 32 * width) throw corrupt('a prefix is too long')
        if (Number.isNaN(expiry)) throw corrupt('an expiry is no time')
        if (timed && tag >= tagCount) throw corrupt('an entry has no reason')
        table.set({ words: keys.subarray(at * width, (at + 1) * width), prefix }, expiry, tag)
      }
      const turn = this.#pace.step(count)
      if (turn !== undefined) await turn
    }
    return table
  }

  /** Where a column begins that has so many bytes. */
  #skip(bytes: number): number {
    const start = aligned(this.#at)
    if (start + bytes > this.#body.length) throw corrupt('it ends too early')
    this.#at = start + bytes
    return start
  }

  #copy(at: number, bytes: number): ArrayBuffer {
    const copy = new Uint8Array(bytes)
    copy.set(this.#body.subarray(at, at + bytes))
    return copy.buffer
  }
}
