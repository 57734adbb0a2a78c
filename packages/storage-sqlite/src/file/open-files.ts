import { dirname } from 'node:path'
import { Companions } from './companions.js'
import { FileLength, isLogWhole, logReaches, renewCutLog } from './cut-files.js'
import { QuietFolder } from './quiet-folder.js'
import { StoreFile } from './store-file.js'

/** A database file that SQLite has open, its log and its index of that. */
export class OpenFiles {
  readonly #file: StoreFile
  readonly #path: string
  readonly #opened: string
  readonly #log: StoreFile
  readonly #index: StoreFile
  readonly #companions: Companions
  readonly #length = new FileLength()
  readonly #folder: QuietFolder

  private constructor(file: StoreFile, path: string, opened: string, log: StoreFile, index: StoreFile) {
    this.#file = file
    this.#path = path
    this.#opened = opened
    this.#log = log
    this.#index = index
    this.#companions = new Companions(opened)
    this.#folder = new QuietFolder(dirname(opened))
  }

  /** `path` may lead to `opened` by links. @throws what the file system throws */
  static async hold(file: StoreFile, path: string, opened: string): Promise<OpenFiles> {
    const index = await StoreFile.holdCompanion(`${opened}-shm`)
    try {
      return new OpenFiles(file, path, opened, await StoreFile.holdCompanion(`${opened}-wal`), index)
    } catch (error) {
      await index.release()
      throw error
    }
  }

  /** Whether the path still leads to them, and nothing was cut off. It is asked at every call. */
  isInPlace(): boolean {
    const size = this.#file.sizeAt(this.#path)
    if (size === undefined || !this.#length.isWhole(size, this.#index)) return false
    if (this.#folder.isAsKnown() && logReaches(this.#log, this.#index)) return true
    return this.#folder.looking(() => {
      const logSize = this.#companions.logSize()
      return logSize !== undefined && isLogWhole(`${this.#opened}-wal`, logSize, this.#index)
    })
  }

  /**
   * For files that are not in place, before SQLite closes them: they keep what they have, and do no
   * harm to what is there now. `save` writes the log into the database.
   */
  async leave(save: () => Promise<void>): Promise<void> {
    const isThere = () => this.#file.sizeAt(this.#opened) !== undefined
    const logSize = isThere() ? this.#companions.logSize() : undefined
    if (logSize !== undefined && !isLogWhole(`${this.#opened}-wal`, logSize, this.#index)) renewCutLog(this.#opened)
    else await save()
    if (!isThere() || this.#companions.logSize() === undefined) this.#companions.remove()
  }

  /** After SQLite has closed them. */
  async release(): Promise<void> {
    await Promise.all([this.#file, this.#log, this.#index].map((held) => held.release()))
  }
}
