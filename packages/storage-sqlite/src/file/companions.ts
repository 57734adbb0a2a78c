import { rmSync } from 'node:fs'
import { type Identity, sizeIfAt, statsAt } from './identity.js'

interface Companion {
  readonly path: string
  readonly was: Identity | undefined
}

/**
 * SQLite's own files beside an open database: with one deleted, what is written is lost as it is
 * with the database deleted.
 */
export class Companions {
  readonly #log: Companion
  readonly #index: Companion

  constructor(opened: string) {
    const companion = (path: string) => ({ path, was: statsAt(path) })
    this.#log = companion(`${opened}-wal`)
    this.#index = companion(`${opened}-shm`)
  }

  /** The bytes of the log; undefined where one of them is not in place. */
  logSize(): number | undefined {
    return sizeOf(this.#index) === undefined ? undefined : sizeOf(this.#log)
  }

  /** Nobody who opens the path from now on may take them for those of what lies there now. */
  remove(): void {
    for (const companion of [this.#log, this.#index]) if (sizeOf(companion) !== undefined) rmSync(companion.path)
  }
}

function sizeOf({ path, was }: Companion): number | undefined {
  return was && sizeIfAt(path, was)
}
