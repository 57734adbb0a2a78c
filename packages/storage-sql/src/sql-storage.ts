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

/**
 * An open store: the port without its opening. It may rely on arguments that are checked and on
 * batches that are not empty.
 */
export type OpenStore = Required<Omit<Storage, 'name' | 'capabilities' | 'open'>>

type Held = Pick<SignalLease, 'machineId' | 'token'>
type Page = { after?: string; limit?: number }

/**
 * The front of a storage: opens the store once, checks every argument before the store is touched,
 * and refuses what comes too late.
 */
export abstract class SqlStorage implements Storage {
  abstract readonly name: 'sqlite' | 'postgres'
  readonly capabilities = { atomicEnqueue: 'all' } as const
  #opening: Promise<void> | undefined
  #store: OpenStore | undefined
  #closed = false

  /** Connects and brings the schema up to date. */
  protected abstract openStore(): Promise<OpenStore>

  /**
   * @throws StorageError `storage_unavailable`, `storage_busy`, `storage_schema_newer`,
   * `storage_schema_missing`, `storage_corrupt`, `storage_closed`
   */
  async open(): Promise<void> {
    if (this.#closed) throw this.#closedError('open')
    this.#opening ??= this.openStore().then((store) => {
      this.#store = store
    })
    try {
      await this.#opening
    } catch (error) {
      this.#opening = undefined
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#opening?.catch(() => undefined)
    const store = this.#store
    this.#store = undefined
    await store?.close()
  }

  async getMachine(machineId: string): Promise<Machine | undefined> {
    const store = this.#use('getMachine')
    checkArguments.knownMachine(machineId)
    return store.getMachine(machineId)
  }

  async createMachine(machine: NewMachine): Promise<Machine> {
    const store = this.#use('createMachine')
    checkArguments.newMachine(machine)
    return store.createMachine(machine)
  }

  async updateMachine(machineId: string, patch: MachinePatch): Promise<void> {
    const store = this.#use('updateMachine')
    checkArguments.patch(machineId, patch)
    return store.updateMachine(machineId, patch)
  }

  async listMachines(page: Page & { failing?: boolean } = {}): Promise<MachinePage> {
    const store = this.#use('listMachines')
    checkArguments.pageOptions(page)
    return store.listMachines(page)
  }

  async deleteMachines(machineIds: readonly string[]): Promise<number> {
    const store = this.#use('deleteMachines')
    checkArguments.knownMachines(machineIds)
    return machineIds.length === 0 ? 0 : store.deleteMachines(machineIds)
  }

  async getState(key: string): Promise<StateValue | undefined> {
    const store = this.#use('getState')
    checkArguments.stateKey(key)
    return store.getState(key)
  }

  async setState(
    key: string,
    value: Uint8Array | undefined,
    options: SetStateOptions = {},
  ): Promise<number | undefined> {
    const store = this.#use('setState')
    checkArguments.state(key, value, options)
    return store.setState(key, value, options)
  }

  async enqueue(signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
    const store = this.#use('enqueue')
    checkArguments.enqueue(signals)
    return signals.length === 0 ? { added: 0, duplicates: 0 } : store.enqueue(signals)
  }

  async lease(request: LeaseRequest): Promise<SignalLease | undefined> {
    const store = this.#use('lease')
    checkArguments.lease(request)
    return store.lease(request)
  }

  async settle(held: Held, result: LeaseResult): Promise<{ lost: boolean }> {
    const store = this.#use('settle')
    checkArguments.held(held)
    checkArguments.settle(result)
    return store.settle(held, result)
  }

  async extend(held: Held, leaseMs: number): Promise<boolean> {
    const store = this.#use('extend')
    checkArguments.held(held)
    checkArguments.extend(leaseMs)
    return store.extend(held, leaseMs)
  }

  async stats(): Promise<QueueStats> {
    return this.#use('stats').stats()
  }

  async listSignals(filter: SignalFilter = {}, page: Page = {}): Promise<SignalPage> {
    const store = this.#use('listSignals')
    checkArguments.filter(filter)
    checkArguments.pageOptions(page)
    return store.listSignals(filter, page)
  }

  async deleteSignals(filter: SignalFilter = {}, limit = 500): Promise<number> {
    const store = this.#use('deleteSignals')
    checkArguments.filter(filter)
    checkArguments.page(limit)
    return store.deleteSignals(filter, limit)
  }

  async requeueSignals(filter: Omit<SignalFilter, 'status'> = {}, limit = 500): Promise<number> {
    const store = this.#use('requeueSignals')
    checkArguments.filter(filter)
    checkArguments.page(limit)
    return store.requeueSignals(filter, limit)
  }

  #use(operation: string): OpenStore {
    if (this.#closed) throw this.#closedError(operation)
    if (this.#store !== undefined) return this.#store
    throw this.#error(operation, `open() was not called before ${operation}`)
  }

  #closedError(operation: string): StorageError {
    return this.#error(operation, `The ${this.name} storage is closed; ${operation} was not done`)
  }

  #error(operation: string, message: string): StorageError {
    return new StorageError('storage_closed', message, { adapter: this.name, operation })
  }
}
