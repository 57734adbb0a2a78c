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
import { Pool } from 'pg'
import { Database } from './database.js'
import { enqueue } from './enqueue.js'
import { mapError, postgresError } from './errors.js'
import { extend, lease } from './lease.js'
import { createMachine, deleteMachines, getMachine, listMachines, updateMachine } from './machines.js'
import { migrate } from './migrate.js'
import type { PostgresStorageOptions } from './options.js'
import { fallAsleep, settle } from './settle.js'
import { deleteSignals, listSignals, requeueSignals, stats } from './signals.js'
import { getState, setState } from './state.js'

/** A store in one schema of a PostgreSQL database, which any number of hosts may share. */
export class PostgresStorage implements Storage {
  readonly name = 'postgres'
  readonly capabilities = { atomicEnqueue: 'all' } as const
  readonly #options: PostgresStorageOptions
  #opening: Promise<void> | undefined
  #pool: Pool | undefined
  #database: Database | undefined
  #closed = false

  /** Does no I/O: see {@link PostgresStorage.open}. */
  constructor(options: PostgresStorageOptions) {
    this.#options = options
  }

  /** @throws StorageError `storage_unavailable`, `storage_schema_newer`, `storage_schema_missing`, `storage_corrupt`, `storage_closed` */
  async open(): Promise<void> {
    if (this.#closed) throw this.#closedError('open')
    this.#opening ??= this.#open()
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
    await this.#database?.settled()
    if (this.#options.pool === undefined) await this.#pool?.end()
    this.#pool = undefined
  }

  async getMachine(machineId: string): Promise<Machine | undefined> {
    return this.#use('getMachine').run('getMachine', (sql) => getMachine(sql, machineId))
  }

  async createMachine(machine: NewMachine): Promise<Machine> {
    const database = this.#use('createMachine')
    checkArguments.machineIds([machine.machineId])
    await database.transaction('createMachine', (sql) => createMachine(sql, machine))
    const created = await this.getMachine(machine.machineId)
    if (created === undefined)
      throw postgresError('storage_conflict', 'createMachine', 'The machine was deleted meanwhile')
    return created
  }

  async updateMachine(machineId: string, patch: MachinePatch): Promise<void> {
    return this.#use('updateMachine').transaction('updateMachine', (sql) => updateMachine(sql, machineId, patch))
  }

  async listMachines(page: { after?: string; limit?: number; failing?: boolean } = {}): Promise<MachinePage> {
    const database = this.#use('listMachines')
    checkArguments.page(page.limit ?? 100)
    return database.run('listMachines', (sql) => listMachines(sql, page))
  }

  async deleteMachines(machineIds: readonly string[]): Promise<number> {
    const database = this.#use('deleteMachines')
    if (machineIds.length === 0) return 0
    return database.transaction('deleteMachines', (sql) => deleteMachines(sql, machineIds))
  }

  async getState(key: string): Promise<StateValue | undefined> {
    const database = this.#use('getState')
    checkArguments.stateKey(key)
    return database.run('getState', (sql) => getState(sql, key))
  }

  async setState(
    key: string,
    value: Uint8Array | undefined,
    options: SetStateOptions = {},
  ): Promise<number | undefined> {
    const database = this.#use('setState')
    checkArguments.state(key, value, options)
    return database.transaction('setState', (sql) => setState(sql, key, value, options))
  }

  async enqueue(signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
    const database = this.#use('enqueue')
    checkArguments.enqueue(signals)
    if (signals.length === 0) return { added: 0, duplicates: 0 }
    return database.transaction('enqueue', (sql) => enqueue(sql, signals))
  }

  async lease(request: LeaseRequest): Promise<SignalLease | undefined> {
    const database = this.#use('lease')
    checkArguments.lease(request)
    return lease(database, request)
  }

  async settle(held: Pick<SignalLease, 'machineId' | 'token'>, result: LeaseResult): Promise<{ lost: boolean }> {
    const database = this.#use('settle')
    checkArguments.settle(result)
    return settle(database, held, result)
  }

  async extend(held: Pick<SignalLease, 'machineId' | 'token'>, leaseMs: number): Promise<boolean> {
    const database = this.#use('extend')
    checkArguments.extend(leaseMs)
    return extend(database, held, leaseMs)
  }

  async stats(): Promise<QueueStats> {
    return this.#use('stats').run('stats', stats)
  }

  async listSignals(filter: SignalFilter = {}, page: { after?: string; limit?: number } = {}): Promise<SignalPage> {
    const database = this.#use('listSignals')
    checkArguments.page(page.limit ?? 100)
    return database.run('listSignals', (sql) => listSignals(sql, filter, page))
  }

  async deleteSignals(filter: SignalFilter = {}, limit = 500): Promise<number> {
    const database = this.#use('deleteSignals')
    checkArguments.page(limit)
    const { count, emptied } = await database.transaction('deleteSignals', (sql) => deleteSignals(sql, filter, limit))
    for (const id of emptied) await fallAsleep(database, id)
    return count
  }

  async requeueSignals(filter: Omit<SignalFilter, 'status'> = {}, limit = 500): Promise<number> {
    const database = this.#use('requeueSignals')
    checkArguments.page(limit)
    return database.transaction('requeueSignals', (sql) => requeueSignals(sql, filter, limit))
  }

  async #open(): Promise<void> {
    const { schema = 'cscapi', migrate: mode = 'auto', testClockOffsetMs = () => 0 } = this.#options
    const pool = this.#options.pool ?? this.#makePool()
    try {
      await migrate(pool, schema, mode)
      this.#database = new Database({ pool, schema, clockOffsetMs: testClockOffsetMs })
      this.#pool = pool
    } catch (error) {
      if (this.#options.pool === undefined) await pool.end().catch(() => undefined)
      throw mapError(error, 'open')
    }
  }

  #makePool(): Pool {
    const { url, ssl, poolSize = 10, connectTimeoutMs = 10_000, statementTimeoutMs = 30_000 } = this.#connection()
    const pool = new Pool({
      connectionString: url,
      max: poolSize,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: statementTimeoutMs,
      ...(ssl !== undefined && { ssl }),
    })
    // An idle connection that breaks is replaced; the next call tells if the server is gone.
    pool.on('error', () => {})
    return pool
  }

  #connection() {
    if (this.#options.url !== undefined) return this.#options
    throw postgresError('storage_failed', 'open', 'A PostgreSQL storage needs a url or a pool')
  }

  #use(operation: string): Database {
    if (this.#closed) throw this.#closedError(operation)
    if (this.#database !== undefined) return this.#database
    throw postgresError('storage_closed', operation, `open() was not called before ${operation}`)
  }

  #closedError(operation: string) {
    return postgresError('storage_closed', operation, `The PostgreSQL storage is closed; ${operation} was not done`)
  }
}
