import { type OpenStore, SqlStorage } from '@cscapi/storage-sql'
import { openDatabase } from './open.js'
import { storeOn } from './store.js'

export interface SqliteStorageOptions {
  /** The database file; made with mode 0600 where there is none. Its folder must exist, on a local disk. */
  readonly path: string
  /** How long a call waits while another process holds the file's lock, in milliseconds. Default 30,000. */
  readonly busyTimeoutMs?: number
  /** The store's clock, epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

/** A store in one SQLite file, which several processes of one host may share. */
export class SqliteStorage extends SqlStorage {
  readonly name = 'sqlite'
  readonly #path: string
  readonly #busyTimeoutMs: number
  readonly #now: () => number

  /** Does no I/O: see {@link SqliteStorage.open}. */
  constructor({ path, busyTimeoutMs = 30_000, now = Date.now }: SqliteStorageOptions) {
    super()
    this.#path = path
    this.#busyTimeoutMs = busyTimeoutMs
    this.#now = now
  }

  protected async openStore(): Promise<OpenStore> {
    return storeOn(await openDatabase(this.#path, this.#busyTimeoutMs), this.#now)
  }
}
