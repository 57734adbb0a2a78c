import { readOptions } from '@cscapi/signals'
import * as z from 'zod'
import { GuardedStorage } from '../guarded-storage.js'
import type { OpenStore } from '../open-store.js'
import { operationsOn } from './operations/index.js'
import { MemoryStore } from './store.js'

/** Options of {@link MemoryStorage}. */
export interface MemoryStorageOptions {
  /** The store's clock, epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
  /** Another instance whose store this one uses too, as a second connection. Its clock counts. */
  readonly shared?: MemoryStorage
}

/**
 * The reference adapter: everything is in this process's memory and gone with it. For tests, and to
 * read what the port means. It works without `open()`.
 */
export class MemoryStorage extends GuardedStorage {
  readonly name = 'memory'
  readonly #store: MemoryStore

  /** @throws InputError naming every option that breaks a rule or is unknown. */
  constructor(options: MemoryStorageOptions = {}) {
    const { now, shared } = readOptions('MemoryStorage was not made', optionsSchema, options)
    const store = shared === undefined ? new MemoryStore(now) : shared.#store
    super(operationsOn(store))
    this.#store = store
  }

  protected async openStore(): Promise<OpenStore> {
    return operationsOn(this.#store)
  }
}

const optionsSchema = z.strictObject({
  now: z
    .custom<() => number>((now) => typeof now === 'function', 'must be a function that returns epoch milliseconds')
    .default(() => Date.now),
  shared: z.instanceof(MemoryStorage, { error: 'must be a MemoryStorage' }).optional(),
})
