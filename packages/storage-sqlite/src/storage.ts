import { GuardedStorage, type OpenStore } from '@cscapi/storage'
import { openDatabase } from './open.js'
import { readSqliteOptions, type SqliteStorageOptions } from './options.js'
import { storeOn } from './store.js'

/** A store in one SQLite file, which several processes of one host may share. */
export class SqliteStorage extends GuardedStorage {
  readonly name = 'sqlite'
  readonly #options: Required<SqliteStorageOptions>

  /**
   * Does no I/O: see {@link SqliteStorage.open}. @throws InputError naming every option that breaks
   * a rule or is unknown.
   */
  constructor(options: SqliteStorageOptions) {
    super()
    this.#options = readSqliteOptions(options)
  }

  protected async openStore(): Promise<OpenStore> {
    const { path, busyTimeoutMs, now } = this.#options
    return storeOn(await openDatabase(path, busyTimeoutMs), now)
  }
}
