import {
  type Machine,
  type MachinePage,
  type MachinePatch,
  type NewMachine,
  type SetStateOptions,
  type StateValue,
  StorageError,
} from '@cscapi/core'
import {
  checkArguments,
  type EnqueueResult,
  type LeaseRequest,
  type LeaseResult,
  type QueuedSignal,
  type QueueStats,
  type SignalFilter,
  type SignalLease,
  type SignalPage,
  type Storage,
} from '@cscapi/storage'
import { toStorageError } from './errors.js'
import { openStore } from './open.js'
import type { OpenStore } from './open-store.js'
import { enqueue } from './operations/enqueue.js'
import { extend, lease, settle } from './operations/lease.js'
import { createMachine, deleteMachines, getMachine, listMachines, updateMachine } from './operations/machines.js'
import { repairIndex } from './operations/repair-index.js'
import { deleteSignals, listSignals, requeueSignals } from './operations/signals.js'
import { getState, setState } from './operations/state.js'
import { stats } from './operations/stats.js'
import { checkOptions, type RedisStorageOptions } from './options.js'

type Held = Pick<SignalLease, 'machineId' | 'token'>

/**
 * Machines, signals and state on one Redis or Valkey server or on Redis Cluster, shared by any
 * number of processes and hosts. All times are the server's.
 *
 * Every method rejects with a `StorageError` in bounded time when the server fails
 * (`storage_unavailable`, `storage_busy`: the same call may succeed later), and with an
 * `InputError` before anything is done when an argument is wrong. How durable an acknowledged
 * signal is, the server's settings decide: see the README.
 */
export class RedisStorage implements Storage {
  readonly name = 'redis'
  readonly capabilities = { atomicEnqueue: 'all' } as const
  readonly #options: RedisStorageOptions
  readonly #running = new Set<Promise<unknown>>()
  #opening: Promise<OpenStore> | undefined
  #store: OpenStore | undefined
  #isClosed = false

  /** Connects to nothing yet. @throws InputError when an option is wrong. */
  constructor(options: RedisStorageOptions) {
    this.#options = checkOptions(options)
  }

  /**
   * @throws StorageError `storage_schema_newer`; `storage_failed` when the server may evict keys or
   * refuses the login. It may be tried again.
   */
  open(): Promise<void> {
    return this.#track('open', async () => {
      this.#opening ??= openStore(this.#options)
      const opening = this.#opening
      try {
        this.#store = await opening
      } catch (error) {
        if (this.#opening === opening) this.#opening = undefined
        throw error
      }
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#running)
    await this.#store?.connection.close()
    this.#store = undefined
  }

  getMachine(machineId: string): Promise<Machine | undefined> {
    return this.#do('getMachine', (store) => getMachine(store, machineId))
  }

  createMachine(machine: NewMachine): Promise<Machine> {
    return this.#do('createMachine', (store) => {
      checkArguments.machineIds([machine.machineId])
      return createMachine(store, machine)
    })
  }

  updateMachine(machineId: string, patch: MachinePatch): Promise<void> {
    return this.#do('updateMachine', (store) => updateMachine(store, machineId, patch))
  }

  listMachines(page: { after?: string; limit?: number; failing?: boolean } = {}): Promise<MachinePage> {
    return this.#do('listMachines', (store) => {
      checkArguments.page(page.limit ?? 100)
      return listMachines(store, page)
    })
  }

  deleteMachines(machineIds: readonly string[]): Promise<number> {
    return this.#do('deleteMachines', (store) => deleteMachines(store, machineIds))
  }

  getState(key: string): Promise<StateValue | undefined> {
    return this.#do('getState', (store) => {
      checkArguments.stateKey(key)
      return getState(store, key)
    })
  }

  setState(key: string, value: Uint8Array | undefined, options: SetStateOptions = {}): Promise<number | undefined> {
    return this.#do('setState', (store) => {
      checkArguments.state(key, value, options)
      return setState(store, key, value, options)
    })
  }

  enqueue(signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
    return this.#do('enqueue', (store) => {
      checkArguments.enqueue(signals)
      return enqueue(store, signals)
    })
  }

  lease(request: LeaseRequest): Promise<SignalLease | undefined> {
    return this.#do('lease', (store) => {
      checkArguments.lease(request)
      return lease(store, request)
    })
  }

  settle(held: Held, result: LeaseResult): Promise<{ lost: boolean }> {
    return this.#do('settle', (store) => {
      checkArguments.settle(result)
      return settle(store, held, result)
    })
  }

  extend(held: Held, leaseMs: number): Promise<boolean> {
    return this.#do('extend', (store) => {
      checkArguments.extend(leaseMs)
      return extend(store, held, leaseMs)
    })
  }

  stats(): Promise<QueueStats> {
    return this.#do('stats', stats)
  }

  listSignals(filter: SignalFilter = {}, page: { after?: string; limit?: number } = {}): Promise<SignalPage> {
    return this.#do('listSignals', (store) => {
      checkArguments.page(page.limit ?? 100)
      return listSignals(store, filter, page)
    })
  }

  deleteSignals(filter: SignalFilter = {}, limit = 500): Promise<number> {
    return this.#do('deleteSignals', (store) => {
      checkArguments.page(limit)
      return deleteSignals(store, filter, limit)
    })
  }

  requeueSignals(filter: Omit<SignalFilter, 'status'> = {}, limit = 500): Promise<number> {
    return this.#do('requeueSignals', (store) => {
      checkArguments.page(limit)
      return requeueSignals(store, filter, limit)
    })
  }

  /**
   * Puts the index right from the partitions, which are the truth. Needed when the nodes of a
   * cluster lost writes of different times: after a failover to a replica that was behind, a power
   * cut with `appendfsync everysec`, or the restoring of backups. Until then a machine that the
   * index forgot is not leased before it is added to again. May run while the store is in use, and
   * be repeated. It looks at every key of the servers, step by step.
   */
  repairIndex(): Promise<void> {
    return this.#do('repairIndex', repairIndex)
  }

  #do<T>(operation: string, work: (store: OpenStore) => Promise<T>): Promise<T> {
    return this.#track(operation, async () => {
      if (this.#store !== undefined) return work(this.#store)
      throw new StorageError('storage_closed', `The Redis storage is not open: call open() before ${operation}`, {
        adapter: 'redis',
        operation,
      })
    })
  }

  /** Lets `close` wait for what is under way, and gives every failure its type. */
  async #track<T>(operation: string, work: () => Promise<T>): Promise<T> {
    if (this.#isClosed) {
      throw new StorageError('storage_closed', `The Redis storage is closed; ${operation} was not done`, {
        adapter: 'redis',
        operation,
      })
    }
    const running = work().catch((error) => {
      throw toStorageError(error, operation, this.#store?.connection.lastError, this.#store?.connection.secrets)
    })
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }
}
