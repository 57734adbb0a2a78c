import { StorageError, type StorageErrorCode } from '@cscapi/core'
import type { RedisStorageOptions } from '../options.js'
import type { Connection } from './connection.js'
import { readServer, type ServerState } from './server-state.js'

/** How old what is known of the servers may be when signals are acknowledged, in milliseconds. */
const FRESH_MS = 30_000

const GONE = 'What is queued is gone when the server ends. Set appendonly yes.'

type WatchOptions = Pick<RedisStorageOptions, 'allowEviction' | 'logger'>

/**
 * Refuses servers that may drop the queue, and warns of those that keep nothing on disk: when the
 * store is opened, and when they change.
 */
export class ServerWatch {
  readonly #connection: Connection
  readonly #options: WatchOptions
  readonly #now: () => number
  readonly #isWarned = new Map<string, boolean>()
  #checkedAt = Number.NEGATIVE_INFINITY
  #checking: Promise<void> | undefined

  constructor(connection: Connection, options: WatchOptions, now: () => number) {
    this.#connection = connection
    this.#options = options
    this.#now = now
  }

  /** @throws StorageError `storage_failed` */
  async open(): Promise<void> {
    for (const server of await this.#read()) {
      if (server.isClusterNode && !this.#connection.isCluster) {
        const message = `${server.name} is a node of a Redis Cluster: give its address as nodes: ['redis://…'], or hand in a Cluster client`
        throw new StorageError('storage_failed', message, { adapter: 'redis', operation: 'open' })
      }
      if (server.evictionPolicy === undefined) {
        const message = `${server.name} does not tell its eviction policy. It must be noeviction, or signals may vanish when its memory is full.`
        this.#options.logger?.warn(message)
      }
      this.#refuseEviction(server, 'storage_failed', 'open')
      this.#warnOfLoss(server)
    }
    this.#checkedAt = this.#now()
  }

  /**
   * Looks again before signals are acknowledged: asks the servers at most every 30 s, or each time
   * while one of them is refused. @throws StorageError `storage_unavailable`
   */
  async check(): Promise<void> {
    if (this.#now() - this.#checkedAt < FRESH_MS) return
    this.#checking ??= this.#look().finally(() => {
      this.#checking = undefined
    })
    await this.#checking
  }

  async #look(): Promise<void> {
    for (const server of await this.#read()) {
      this.#refuseEviction(server, 'storage_unavailable', 'enqueue')
      this.#warnOfLoss(server)
    }
    this.#checkedAt = this.#now()
  }

  #read(): Promise<ServerState[]> {
    return Promise.all(this.#connection.masters.map((server) => readServer(this.#connection, server)))
  }

  #refuseEviction({ name, evictionPolicy }: ServerState, code: StorageErrorCode, operation: string): void {
    if (evictionPolicy === undefined || evictionPolicy === 'noeviction' || this.#options.allowEviction === true) return
    const message = `${name} may drop the queue when its memory is full: maxmemory-policy is ${evictionPolicy}. Set it to noeviction, or pass allowEviction: true`
    throw new StorageError(code, message, { adapter: 'redis', operation, driverCode: 'EVICTION' })
  }

  #warnOfLoss({ name, isOnDisk }: ServerState): void {
    if (isOnDisk === undefined && !this.#isWarned.has(name))
      this.#options.logger?.warn(`${name} does not tell whether it keeps its data on disk. If it does not: ${GONE}`)
    if (isOnDisk === false && this.#isWarned.get(name) !== true)
      this.#options.logger?.warn(`${name} keeps nothing on disk (appendonly no, save ""). ${GONE}`)
    this.#isWarned.set(name, isOnDisk === false)
  }
}
