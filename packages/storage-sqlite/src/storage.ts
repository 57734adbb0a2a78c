import { type OpenStore, SqlStorage } from '@cscapi/storage-sql'
import { openDatabase } from './open.js'
import { checkOptions, type SqliteStorageOptions } from './options.js'
import { storeOn } from './store.js'

/** A store in one SQLite file, which several processes of one host may share. */
export class SqliteStorage extends SqlStorage {
  readonly name = 'sqlite'
  readonly #path: string
  readonly #busyTimeoutMs: number
  readonly #now: () => number

  /** Does no I/O: see {@link SqliteStorage.open}. @throws InputError when an option breaks a rule. */
  constructor(options: SqliteStorageOptions) {
    super()
    checkOptions(options)
    const { path, busyTimeoutMs = 30_000, now = Date.now } = options
    this.#path = path
    this.#busyTimeoutMs = busyTimeoutMs
    this.#now = now
  }

  protected async openStore(): Promise<OpenStore> {
    return storeOn(await openDatabase(this.#path, this.#busyTimeoutMs), this.#now)
  }
}
