import { setTimeout as sleep } from 'node:timers/promises'
import { turn } from '@cscapi/core'
import { mapError, movedError, sqliteError } from '../errors.js'
import { waitWhileBusy } from './busy-wait.js'
import { Mutex } from './mutex.js'
import type { Sql } from './sql.js'

/**
 * Longest stretch of writing without a gap, and the gap, in milliseconds: SQLite's lock is not
 * fair, and other processes need a chance.
 */
const STRETCH_MS = 40
const GAP_MS = 4

/** An open file. */
export interface Connection {
  readonly sql: Sql
  /** Whether the path still names the files that are open. */
  readonly isInPlace: () => boolean
  readonly close: () => Promise<void>
  /**
   * Closes files that are not in place, so that they keep what they have and do no harm to what is
   * there now.
   */
  readonly abandon: () => Promise<void>
}

/**
 * Every operation is alone on the connection, and waits for other processes without blocking the
 * event loop. Nothing is acknowledged on files that the path does not name any more: the operation
 * fails then, and the next one connects anew.
 */
export class Database {
  readonly #connect: (look: () => void) => Promise<Connection>
  readonly #path: string
  readonly #busyTimeoutMs: number
  readonly #mutex = new Mutex()
  #connection: Connection | undefined
  #stretchSince = 0

  constructor(connect: (look: () => void) => Promise<Connection>, path: string, busyTimeoutMs: number) {
    this.#connect = connect
    this.#path = path
    this.#busyTimeoutMs = busyTimeoutMs
  }

  /** Reads, or writes with a single statement what may get lost. */
  run<T>(operation: string, work: (sql: Sql) => T | Promise<T>): Promise<T> {
    return this.#alone(operation, work)
  }

  /** All or nothing. */
  transaction<T>(operation: string, work: (sql: Sql) => T | Promise<T>): Promise<T> {
    return this.#alone(operation, async (sql) => {
      const result = await sql.transaction(() => work(sql))
      if (!this.#isInPlace()) await this.#letGo(operation)
      return result
    })
  }

  /** Waits for what is under way, then lets go of the file. */
  close(): Promise<void> {
    return this.#mutex.run(() => this.#disconnect())
  }

  readonly #look = () => {
    this.#mutex.run(async () => this.#isInPlace() || this.#letGo('open')).catch(() => undefined)
  }

  #alone<T>(operation: string, work: (sql: Sql) => T | Promise<T>): Promise<T> {
    return this.#mutex.run(async () => {
      // The driver answers at once, so that a loop of calls would keep everything else waiting.
      await turn()
      if (this.#needsGap()) await this.#leaveGap()
      const refusal = () => {
        const message = `${operation} waited ${this.#busyTimeoutMs} ms for ${this.#path}, which another process keeps locked; try again later`
        return sqliteError('storage_busy', operation, message, 'SQLITE_BUSY')
      }
      try {
        return await waitWhileBusy(() => this.#inPlace(operation, work), this.#busyTimeoutMs, refusal)
      } catch (error) {
        throw mapError(error, operation, this.#path)
      }
    })
  }

  async #inPlace<T>(operation: string, work: (sql: Sql) => T | Promise<T>): Promise<T> {
    this.#connection ??= await this.#connect(this.#look)
    if (!this.#isInPlace()) await this.#letGo(operation)
    try {
      return await work(this.#connection.sql)
    } catch (error) {
      if (!this.#isInPlace()) await this.#letGo(operation)
      throw error
    }
  }

  #isInPlace(): boolean {
    return this.#connection?.isInPlace() ?? true
  }

  /** For files that the path does not name any more. @throws StorageError */
  async #letGo(operation: string): Promise<never> {
    const connection = this.#connection
    this.#connection = undefined
    await connection?.abandon()
    throw movedError(operation, this.#path)
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    await connection?.close()
  }

  #needsGap(): boolean {
    const now = performance.now()
    if (!this.#mutex.isContended) this.#stretchSince = now
    return now - this.#stretchSince >= STRETCH_MS
  }

  async #leaveGap(): Promise<void> {
    await sleep(GAP_MS)
    this.#stretchSince = performance.now()
  }
}
