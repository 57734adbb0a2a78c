import {
  type Machine,
  type MachinePage,
  type MachinePatch,
  type NewMachine,
  type SetStateOptions,
  type StateValue,
  StorageError,
} from '@cscapi/core'
import { readOptions } from '@cscapi/signals'
import * as z from 'zod'
import { checkArguments } from '../check-arguments.js'
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
} from '../port.js'
import { MemoryMachines } from './memory-machines.js'
import { MemoryQueue } from './memory-queue.js'
import { MemoryState } from './memory-state.js'

export interface MemoryStorageOptions {
  /** The store's clock, epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
  /** Another instance whose store this one uses too, as a second connection. Its clock counts. */
  readonly shared?: MemoryStorage
}

interface Shared {
  readonly now: () => number
  readonly machines: MemoryMachines
  readonly state: MemoryState
  readonly queue: MemoryQueue
}

/**
 * The reference adapter: everything is in this process's memory and gone with it. For tests, and to
 * read what the port means.
 */
export class MemoryStorage implements Storage {
  readonly name = 'memory'
  readonly capabilities = { atomicEnqueue: 'all' } as const
  readonly #shared: Shared
  #closed = false

  /** @throws InputError naming every option that breaks a rule or is unknown. */
  constructor(options: MemoryStorageOptions = {}) {
    const { now, shared } = readOptions('MemoryStorage was not made', optionsSchema, options)
    this.#shared = shared === undefined ? emptyStore(now) : shared.#shared
  }

  async open(): Promise<void> {
    this.#use('open')
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  async getMachine(machineId: string): Promise<Machine | undefined> {
    const { machines, now } = this.#use('getMachine')
    checkArguments.knownMachine(machineId)
    return machines.get(machineId, now())
  }

  async createMachine(machine: NewMachine): Promise<Machine> {
    const { machines, now } = this.#use('createMachine')
    checkArguments.newMachine(machine)
    machines.create(machine)
    const created = machines.get(machine.machineId, now())
    if (created === undefined) throw failed('createMachine', 'The machine was not stored')
    return created
  }

  async updateMachine(machineId: string, patch: MachinePatch): Promise<void> {
    const { machines, queue, now } = this.#use('updateMachine')
    checkArguments.patch(machineId, patch)
    machines.update(machineId, patch, now())
    if (patch.failing === undefined) return
    queue.setFailing(machineId, patch.failing?.retryAfterMs, now())
  }

  async listMachines(page: { after?: string; limit?: number; failing?: boolean } = {}): Promise<MachinePage> {
    const { machines, now } = this.#use('listMachines')
    checkArguments.pageOptions(page)
    const { after = '', limit = 100, failing } = page
    const ids = [...machines.ids()]
      .filter((id) => id > after && (failing === undefined || machines.isFailing(id) === failing))
      .sort()
    const found = ids.slice(0, limit).flatMap((id) => machines.get(id, now()) ?? [])
    return { machines: found, next: ids.length > limit ? found.at(-1)?.machineId : undefined }
  }

  async deleteMachines(machineIds: readonly string[]): Promise<number> {
    const { machines, queue, now } = this.#use('deleteMachines')
    checkArguments.knownMachines(machineIds)
    const known = [...new Set(machineIds)].filter((id) => {
      const hadSignals = queue.deleteMachine(id, now())
      return machines.delete(id) || hadSignals
    })
    return known.length
  }

  async getState(key: string): Promise<StateValue | undefined> {
    const { state, now } = this.#use('getState')
    checkArguments.stateKey(key)
    return state.get(key, now())
  }

  async setState(
    key: string,
    value: Uint8Array | undefined,
    options: SetStateOptions = {},
  ): Promise<number | undefined> {
    const { state, now } = this.#use('setState')
    checkArguments.state(key, value, options)
    return state.set(key, value, options, now())
  }

  async enqueue(signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
    const { queue, now } = this.#use('enqueue')
    checkArguments.enqueue(signals)
    return queue.enqueue(signals, now())
  }

  async lease(request: LeaseRequest): Promise<SignalLease | undefined> {
    const { queue, machines, now } = this.#use('lease')
    checkArguments.lease(request)
    const at = now()
    return queue.lease(request, at, (machineId) => machines.get(machineId, at))
  }

  async settle(lease: Pick<SignalLease, 'machineId' | 'token'>, result: LeaseResult): Promise<{ lost: boolean }> {
    const { queue, now } = this.#use('settle')
    checkArguments.held(lease)
    checkArguments.settle(result)
    return queue.settle(lease, result, now())
  }

  async extend(lease: Pick<SignalLease, 'machineId' | 'token'>, leaseMs: number): Promise<boolean> {
    const { queue, now } = this.#use('extend')
    checkArguments.held(lease)
    checkArguments.extend(leaseMs)
    return queue.extend(lease, leaseMs, now())
  }

  async stats(): Promise<QueueStats> {
    const { queue, machines, now } = this.#use('stats')
    const ids = [...machines.ids()]
    const all = new Set([...ids, ...queue.machineIds()])
    return { ...queue.stats(now()), machines: all.size, failing: ids.filter((id) => machines.isFailing(id)).length }
  }

  async listSignals(filter: SignalFilter = {}, page: { after?: string; limit?: number } = {}): Promise<SignalPage> {
    const { queue, now } = this.#use('listSignals')
    checkArguments.filter(filter)
    checkArguments.pageOptions(page)
    const { after, limit = 100 } = page
    return queue.list(filter, after, limit, now())
  }

  async deleteSignals(filter: SignalFilter = {}, limit = 500): Promise<number> {
    const { queue, now } = this.#use('deleteSignals')
    checkArguments.filter(filter)
    checkArguments.page(limit)
    return queue.delete(filter, limit, now())
  }

  async requeueSignals(filter: Omit<SignalFilter, 'status'> = {}, limit = 500): Promise<number> {
    const { queue, now } = this.#use('requeueSignals')
    checkArguments.filter(filter)
    checkArguments.page(limit)
    return queue.requeue(filter, limit, now())
  }

  #use(operation: string): Shared {
    if (!this.#closed) return this.#shared
    throw new StorageError('storage_closed', `The memory storage is closed; ${operation} was not done`, {
      adapter: 'memory',
      operation,
    })
  }
}

const optionsSchema = z.strictObject({
  now: z
    .custom<() => number>((now) => typeof now === 'function', 'must be a function that returns epoch milliseconds')
    .default(() => Date.now),
  shared: z.instanceof(MemoryStorage, { error: 'must be a MemoryStorage' }).optional(),
})

function emptyStore(now: () => number): Shared {
  return { now, machines: new MemoryMachines(), state: new MemoryState(), queue: new MemoryQueue() }
}

function failed(operation: string, message: string): StorageError {
  return new StorageError('storage_failed', message, { adapter: 'memory', operation })
}
