import type { Machine, MachinePage, MachinePatch, NewMachine, SetStateOptions, StateValue } from '@cscapi/core'
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
import { closedError, type Database } from './database.js'
import { enqueue } from './enqueue.js'
import { sqliteError } from './errors.js'
import { extend, lease } from './lease.js'
import { createMachine, deleteMachines, getMachine, listMachines, updateMachine } from './machines.js'
import { openDatabase } from './open.js'
import { settle } from './settle.js'
import { deleteSignals, listSignals, requeueSignals, stats } from './signals.js'
import { getState, setState } from './state.js'

export interface SqliteStorageOptions {
  /** The database file; made with mode 0600 where there is none. Its folder must exist, on a local disk. */
  readonly path: string
  /** How long a call waits while another process holds the file's lock, in milliseconds. Default 30,000. */
  readonly busyTimeoutMs?: number
  /** The store's clock, epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

/** A store in one SQLite file, which several processes of one host may share. */
export class SqliteStorage implements Storage {
  readonly name = 'sqlite'
  readonly capabilities = { atomicEnqueue: 'all' } as const
  readonly #path: string
  readonly #busyTimeoutMs: number
  readonly #now: () => number
  #opening: Promise<void> | undefined
  #database: Database | undefined
  #closed = false

  /** Does no I/O: see {@link SqliteStorage.open}. */
  constructor({ path, busyTimeoutMs = 30_000, now = Date.now }: SqliteStorageOptions) {
    this.#path = path
    this.#busyTimeoutMs = busyTimeoutMs
    this.#now = now
  }

  /** @throws StorageError `storage_unavailable`, `storage_corrupt`, `storage_schema_newer`, `storage_busy`, `storage_closed` */
  async open(): Promise<void> {
    if (this.#closed) throw closedError('open')
    this.#opening ??= openDatabase(this.#path, this.#busyTimeoutMs).then((database) => {
      this.#database = database
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
    await this.#database?.close()
  }

  async getMachine(machineId: string): Promise<Machine | undefined> {
    return this.#use('getMachine').run('getMachine', (sql) => getMachine(sql, machineId, this.#now()))
  }

  async createMachine(machine: NewMachine): Promise<Machine> {
    checkArguments.machineIds([machine.machineId])
    const database = this.#use('createMachine')
    const created = await database.transaction('createMachine', async (sql) => {
      await createMachine(sql, machine)
      return getMachine(sql, machine.machineId, this.#now())
    })
    if (created === undefined) throw sqliteError('storage_failed', 'createMachine', 'The machine was not stored')
    return created
  }

  async updateMachine(machineId: string, patch: MachinePatch): Promise<void> {
    const database = this.#use('updateMachine')
    return database.transaction('updateMachine', (sql) => updateMachine(sql, machineId, patch, this.#now()))
  }

  async listMachines(page: { after?: string; limit?: number; failing?: boolean } = {}): Promise<MachinePage> {
    checkArguments.page(page.limit ?? 100)
    return this.#use('listMachines').run('listMachines', (sql) => listMachines(sql, page, this.#now()))
  }

  async deleteMachines(machineIds: readonly string[]): Promise<number> {
    const database = this.#use('deleteMachines')
    if (machineIds.length === 0) return 0
    return database.transaction('deleteMachines', (sql) => deleteMachines(sql, machineIds))
  }

  async getState(key: string): Promise<StateValue | undefined> {
    checkArguments.stateKey(key)
    return this.#use('getState').run('getState', (sql) => getState(sql, key, this.#now()))
  }

  async setState(
    key: string,
    value: Uint8Array | undefined,
    options: SetStateOptions = {},
  ): Promise<number | undefined> {
    checkArguments.state(key, value, options)
    const database = this.#use('setState')
    return database.transaction('setState', (sql) => setState(sql, key, value, options, this.#now()))
  }

  async enqueue(signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
    const database = this.#use('enqueue')
    checkArguments.enqueue(signals)
    if (signals.length === 0) return { added: 0, duplicates: 0 }
    return database.transaction('enqueue', (sql) => enqueue(sql, signals, this.#now()))
  }

  async lease(request: LeaseRequest): Promise<SignalLease | undefined> {
    checkArguments.lease(request)
    return lease(this.#use('lease'), request, this.#now())
  }

  async settle(held: Pick<SignalLease, 'machineId' | 'token'>, result: LeaseResult): Promise<{ lost: boolean }> {
    checkArguments.settle(result)
    const database = this.#use('settle')
    return database.transaction('settle', (sql) => settle(sql, held, result, this.#now()))
  }

  async extend(held: Pick<SignalLease, 'machineId' | 'token'>, leaseMs: number): Promise<boolean> {
    checkArguments.extend(leaseMs)
    return extend(this.#use('extend'), held, this.#now() + leaseMs)
  }

  async stats(): Promise<QueueStats> {
    return this.#use('stats').run('stats', (sql) => stats(sql, this.#now()))
  }

  async listSignals(filter: SignalFilter = {}, page: { after?: string; limit?: number } = {}): Promise<SignalPage> {
    checkArguments.page(page.limit ?? 100)
    return this.#use('listSignals').run('listSignals', (sql) => listSignals(sql, filter, page, this.#now()))
  }

  async deleteSignals(filter: SignalFilter = {}, limit = 500): Promise<number> {
    checkArguments.page(limit)
    const database = this.#use('deleteSignals')
    return database.transaction('deleteSignals', (sql) => deleteSignals(sql, filter, limit, this.#now()))
  }

  async requeueSignals(filter: Omit<SignalFilter, 'status'> = {}, limit = 500): Promise<number> {
    checkArguments.page(limit)
    const database = this.#use('requeueSignals')
    return database.transaction('requeueSignals', (sql) => requeueSignals(sql, filter, limit, this.#now()))
  }

  #use(operation: string): Database {
    if (this.#closed) throw closedError(operation)
    if (this.#database === undefined)
      throw sqliteError('storage_closed', operation, `open() was not called before ${operation}`)
    return this.#database
  }
}
