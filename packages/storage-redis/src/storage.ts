import { GuardedStorage } from '@cscapi/storage'
import { connect } from './connect/connect.js'
import { toStorageError } from './errors.js'
import { operationsOn, type RedisStore } from './operations/index.js'
import { checkOptions, type RedisStorageOptions } from './options.js'

/**
 * Machines, signals and state on one Redis or Valkey server or on Redis Cluster, shared by any
 * number of processes and hosts. All times are the server's.
 *
 * Every method rejects with a `StorageError` in bounded time when the server fails
 * (`storage_unavailable`, `storage_busy`: the same call may succeed later), and with an
 * `InputError` before anything is done when an argument is wrong. How durable an acknowledged
 * signal is, the server's settings decide: see the README.
 */
export class RedisStorage extends GuardedStorage<RedisStore> {
  readonly name = 'redis'
  readonly #options: RedisStorageOptions

  /** Connects to nothing yet. @throws InputError when an option is wrong. */
  constructor(options: RedisStorageOptions) {
    const checked = checkOptions(options)
    super(undefined, { readOnly: checked.readOnly })
    this.#options = checked
  }

  protected async openStore(): Promise<RedisStore> {
    return operationsOn(await connect(this.#options))
  }

  protected override toStorageError(error: unknown, operation: string, store: RedisStore | undefined): Error {
    return toStorageError(error, operation, store?.connection.lastError, store?.connection.secrets)
  }

  /**
   * Puts the index right from the partitions, which are the truth. Needed when the nodes of a
   * cluster lost writes of different times: after a failover to a replica that was behind, a power
   * cut with `appendfsync everysec`, or the restoring of backups. Until then a machine that the
   * index forgot is not leased before it is added to again. May run while the store is in use, and
   * be repeated. It looks at every key of the servers, step by step.
   */
  repairIndex(): Promise<void> {
    return this.run('repairIndex', (store) => store.repairIndex())
  }
}
