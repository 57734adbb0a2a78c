import {
  isCscapiError,
  type Machine,
  type MachinePage,
  type MachinePatch,
  type NewMachine,
  type SetStateOptions,
  type StateValue,
  StorageError,
} from '@cscapi/core'
import { checkArguments } from './check-arguments/index.js'
import type { OpenStore } from './open-store.js'
import type {
  EnqueueResult,
  LeaseRequest,
  LeaseResult,
  QueuedSignal,
  QueueStats,
  SignalFilter,
  SignalLease,
  SignalPage,
  Storage,
  StorageCapabilities,
} from './port.js'

type Held = Pick<SignalLease, 'machineId' | 'token'>
type Page = { after?: string; limit?: number }

/** What only reads; all other operations are refused by a storage that is read-only. */
const READING: ReadonlySet<string> = new Set(['getMachine', 'listMachines', 'getState', 'stats', 'listSignals'])

const PAGE_LIMIT = 100
const CHANGE_LIMIT = 500

/**
 * The front of every adapter: opens the store once, refuses what comes before that or too late,
 * checks every argument before the store is touched, fills in the defaults, and lets `close` wait
 * for what is under way. An adapter extends it and writes the operations, as an {@link OpenStore}.
 *
 * `Store` may have operations beyond the port's; {@link GuardedStorage.run} guards them too.
 */
export abstract class GuardedStorage<Store extends OpenStore = OpenStore> implements Storage {
  abstract readonly name: string
  /** What the adapter can and cannot promise. */
  readonly capabilities: StorageCapabilities = { atomicEnqueue: 'all' }
  readonly #isReadOnly: boolean
  #store: Store | undefined
  #opening: Promise<void> | undefined
  #closing: Promise<void> | undefined
  #underWay = 0
  #idle: (() => void) | undefined

  /**
   * @param ready the store of an adapter that has nothing to open, so that it works at once
   * @param readOnly refuse every operation that writes
   */
  constructor(ready?: Store, { readOnly = false }: { readonly readOnly?: boolean | undefined } = {}) {
    this.#store = ready
    this.#isReadOnly = readOnly
  }

  /**
   * Connects, and creates or upgrades the schema. Called by the first `open()`, and by the next one
   * after it failed: then nothing that it made may be left.
   */
  protected abstract openStore(): Promise<Store>

  /**
   * Gives what an operation, or opening, has thrown its type; `store` is there once it was opened.
   * Override it unless the operations do so themselves. Errors of cscapi stay as they are; of any
   * other, the default shows the message, so an adapter whose driver repeats secrets must override.
   */
  protected toStorageError(error: unknown, operation: string, _store: Store | undefined): Error {
    if (isCscapiError(error)) return error
    const { message } = error instanceof Error ? error : new Error(String(error))
    return this.#error('storage_failed', operation, `${operation} failed: ${message}`, error)
  }

  /** Runs an operation on the open store, as every method of the port does. */
  protected run<T>(operation: string, work: (store: Store) => Promise<T>): Promise<T> {
    return this.#guarded(operation, () => {
      if (this.#isReadOnly && !READING.has(operation)) {
        const message = `The ${this.name} storage was opened with readOnly: ${operation} writes, and was not done`
        throw this.#error('storage_read_only', operation, message)
      }
      if (this.#store !== undefined) return work(this.#store)
      const message = `The ${this.name} storage is not open: call open() before ${operation}`
      throw this.#error('storage_closed', operation, message)
    })
  }

  /**
   * @throws StorageError `storage_unavailable`, `storage_busy`, `storage_schema_newer`,
   * `storage_schema_missing`, `storage_corrupt`, `storage_closed`. It may be tried again
   */
  open(): Promise<void> {
    return this.#guarded('open', async () => {
      if (this.#store !== undefined) return
      this.#opening ??= this.#open()
      await this.#opening
    })
  }

  async #open(): Promise<void> {
    try {
      this.#store = await this.openStore()
    } finally {
      this.#opening = undefined
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (this.#underWay > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
    const store = this.#store
    this.#store = undefined
    await store?.close()
  }

  getMachine(machineId: string): Promise<Machine | undefined> {
    return this.run('getMachine', (store) => {
      checkArguments.knownMachine(machineId)
      return store.getMachine(machineId)
    })
  }

  createMachine(machine: NewMachine): Promise<Machine> {
    return this.run('createMachine', (store) => {
      checkArguments.newMachine(machine)
      return store.createMachine(machine)
    })
  }

  updateMachine(machineId: string, patch: MachinePatch): Promise<void> {
    return this.run('updateMachine', (store) => {
      checkArguments.patch(machineId, patch)
      return store.updateMachine(machineId, patch)
    })
  }

  listMachines(page: Page & { failing?: boolean } = {}): Promise<MachinePage> {
    return this.run('listMachines', (store) => {
      checkArguments.pageOptions(page)
      return store.listMachines({ ...page, limit: page.limit ?? PAGE_LIMIT })
    })
  }

  deleteMachines(machineIds: readonly string[]): Promise<number> {
    return this.run('deleteMachines', async (store) => {
      checkArguments.knownMachines(machineIds)
      return machineIds.length === 0 ? 0 : store.deleteMachines([...new Set(machineIds)])
    })
  }

  /** Reads a state; `undefined` where there is none, or it has run out. */
  getState(key: string): Promise<StateValue | undefined> {
    return this.run('getState', (store) => {
      checkArguments.stateKey(key)
      return store.getState(key)
    })
  }

  setState(key: string, value: Uint8Array | undefined, options: SetStateOptions = {}): Promise<number | undefined> {
    return this.run('setState', (store) => {
      checkArguments.state(key, value, options)
      return store.setState(key, value, options)
    })
  }

  enqueue(signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
    return this.run('enqueue', async (store) => {
      checkArguments.enqueue(signals)
      return signals.length === 0 ? { added: 0, duplicates: 0 } : store.enqueue(signals)
    })
  }

  lease(request: LeaseRequest): Promise<SignalLease | undefined> {
    return this.run('lease', (store) => {
      checkArguments.lease(request)
      return store.lease(request)
    })
  }

  settle(held: Held, result: LeaseResult): Promise<{ lost: boolean }> {
    return this.run('settle', (store) => {
      checkArguments.held(held)
      checkArguments.settle(result)
      return store.settle(held, result)
    })
  }

  extend(held: Held, leaseMs: number): Promise<boolean> {
    return this.run('extend', (store) => {
      checkArguments.held(held)
      checkArguments.extend(leaseMs)
      return store.extend(held, leaseMs)
    })
  }

  stats(): Promise<QueueStats> {
    return this.run('stats', (store) => store.stats())
  }

  listSignals(filter: SignalFilter = {}, page: Page = {}): Promise<SignalPage> {
    return this.run('listSignals', (store) => {
      checkArguments.filter(filter)
      checkArguments.pageOptions(page)
      return store.listSignals(filter, { ...page, limit: page.limit ?? PAGE_LIMIT })
    })
  }

  deleteSignals(filter: SignalFilter = {}, limit = CHANGE_LIMIT): Promise<number> {
    return this.run('deleteSignals', (store) => {
      checkArguments.filter(filter)
      checkArguments.page(limit)
      return store.deleteSignals(filter, limit)
    })
  }

  requeueSignals(filter: Omit<SignalFilter, 'status'> = {}, limit = CHANGE_LIMIT): Promise<number> {
    return this.run('requeueSignals', (store) => {
      checkArguments.filter(filter)
      checkArguments.page(limit)
      return store.requeueSignals(filter, limit)
    })
  }

  /** Refuses what comes after `close`, and counts what is under way. */
  async #guarded<T>(operation: string, work: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) {
      const message = `The ${this.name} storage is closed; ${operation} was not done`
      throw this.#error('storage_closed', operation, message)
    }
    this.#underWay += 1
    try {
      return await work()
    } catch (error) {
      throw this.toStorageError(error, operation, this.#store)
    } finally {
      this.#underWay -= 1
      if (this.#underWay === 0) this.#idle?.()
    }
  }

  #error(
    code: 'storage_closed' | 'storage_failed' | 'storage_read_only',
    operation: string,
    message: string,
    cause?: unknown,
  ): StorageError {
    return new StorageError(code, message, { adapter: this.name, operation }, cause === undefined ? {} : { cause })
  }
}
