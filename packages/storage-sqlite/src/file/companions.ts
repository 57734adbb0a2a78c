import { rmSync } from 'node:fs'
import { identityOf } from './identity.js'

/**
 * SQLite's own files beside an open database: with one deleted, what is written is lost as it is
 * with the database deleted.
 */
export class Companions {
  readonly #files: readonly { path: string; was: string | undefined }[]

  constructor(opened: string) {
    this.#files = [`${opened}-wal`, `${opened}-shm`].map((path) => ({ path, was: identityOf(path) }))
  }

  areInPlace(): boolean {
    return this.#files.every(({ path, was }) => identityOf(path) === was)
  }

  /** Nobody who opens the path from now on may take them for those of what lies there now. */
  remove(): void {
    for (const { path, was } of this.#files) if (was !== undefined && identityOf(path) === was) rmSync(path)
  }
}
