import { GuardedStorage, type OpenStore } from '../../../src/index.js'
import { connect } from './connect/connect.js'
import { migrate } from './migrations/migrate.js'
import { operationsOn } from './operations/index.js'
import { type AcmeStorageOptions, checkOptions } from './options.js'

export class AcmeStorage extends GuardedStorage {
  readonly name = 'acme'
  readonly #options: Required<AcmeStorageOptions>

  /** Does no I/O. @throws InputError when an option is wrong */
  constructor(options: AcmeStorageOptions) {
    super()
    this.#options = checkOptions(options)
  }

  protected async openStore(): Promise<OpenStore> {
    const database = await connect(this.#options)
    await migrate(database)
    return operationsOn(database)
  }
}
