import { GuardedStorage, type OpenStore } from '@cscapi/storage'
import { openDatabase } from './open.js'
import { checkOptions, type PostgresStorageOptions } from './options.js'
import { storeOn } from './store.js'

/** A store in one schema of a PostgreSQL database, which any number of hosts may share. */
export class PostgresStorage extends GuardedStorage {
  readonly name = 'postgres'
  readonly #options: PostgresStorageOptions

  /** Does no I/O: see {@link PostgresStorage.open}. @throws InputError when an option is wrong */
  constructor(options: PostgresStorageOptions) {
    super()
    this.#options = checkOptions(options)
  }

  protected async openStore(): Promise<OpenStore> {
    const { database, release } = await openDatabase(this.#options)
    return storeOn(database, release)
  }
}
