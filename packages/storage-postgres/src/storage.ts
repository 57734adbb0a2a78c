import { GuardedStorage, type OpenStore } from '@cscapi/storage'
import { connect } from './connect/connect.js'
import { secretsOf } from './connect/secrets.js'
import { mapError } from './errors.js'
import { operationsOn } from './operations/index.js'
import { checkOptions, type PostgresStorageOptions } from './options.js'

/** A store in one schema of a PostgreSQL database, which any number of hosts may share. */
export class PostgresStorage extends GuardedStorage {
  readonly name = 'postgres'
  readonly #options: PostgresStorageOptions

  /** Does no I/O: see {@link PostgresStorage.open}. @throws InputError when an option is wrong */
  constructor(options: PostgresStorageOptions) {
    const checked = checkOptions(options)
    super(undefined, { readOnly: checked.readOnly })
    this.#options = checked
  }

  protected async openStore(): Promise<OpenStore> {
    const { database, release } = await connect(this.#options)
    return operationsOn(database, release)
  }

  protected override toStorageError(error: unknown, operation: string): Error {
    return mapError(error, operation, secretsOf(this.#options))
  }
}
