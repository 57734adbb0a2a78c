import { GuardedStorage, type OpenStore } from '@cscapi/storage'
import { connectToWrite, openDatabase } from './connect/connect.js'
import { connectToRead } from './connect/connect-to-read.js'
import { chooseDriver } from './drivers/choose-driver.js'
import { operationsOn } from './operations/index.js'
import { type ReadOptions, readSqliteOptions, type SqliteStorageOptions } from './options.js'

/** A store in one SQLite file, which several processes of one host may share. */
export class SqliteStorage extends GuardedStorage {
  readonly name = 'sqlite'
  readonly #options: ReadOptions

  /**
   * Does no I/O: see {@link SqliteStorage.open}. @throws InputError naming every option that breaks
   * a rule or is unknown.
   */
  constructor(options: SqliteStorageOptions) {
    const read = readSqliteOptions(options)
    super(undefined, read)
    this.#options = read
  }

  protected async openStore(): Promise<OpenStore> {
    const { path, busyTimeoutMs, driver, readOnly, now } = this.#options
    const connect = readOnly ? connectToRead : connectToWrite
    return operationsOn(await openDatabase(await chooseDriver(path, driver), path, busyTimeoutMs, connect), now)
  }
}
