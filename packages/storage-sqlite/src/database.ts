import { setTimeout as sleep } from 'node:timers/promises'
import { turn } from '@cscapi/core'
import type { SqlDriverAdapter, SqlQuery } from '@prisma/driver-adapter-utils'
import { isBusy, mapError, movedError, sqliteError } from './errors.js'
import type { PrismaClient } from './generated/client.js'
import { Mutex } from './mutex.js'

/**
 * Longest stretch of writing without a gap, and the gap, in milliseconds: SQLite's lock is not
 * fair, and other processes need a chance.
 */
const STRETCH_MS = 40
const GAP_MS = 4
/** Longest wait between two tries while another process holds the lock, in milliseconds. */
const RETRY_MS = 5

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
  #closed = false

  constructor(connect: (look: () => void) => Promise<Connection>, path: string, busyTimeoutMs: number) {
    this.#connect = connect
    this.#path = path
    this.#busyTimeoutMs = busyTimeoutMs
  }

  /** Reads, or writes with a single statement what may get lost. */
  run<T>(operation: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#alone(operation, work)
  }

  /** All or nothing. */
  transaction<T>(operation: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#alone(operation, async (sql) => {
      const result = await sql.transaction(() => work(sql))
      await this.#assertInPlace(operation)
      return result
    })
  }

  /** Waits for what is under way, then lets go of the file. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#mutex.run(() => this.#disconnect())
  }

  readonly #look = () => {
    this.#mutex.run(() => this.#assertInPlace('open')).catch(() => undefined)
  }

  #alone<T>(operation: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closedError(operation))
    return this.#mutex.run(async () => {
      // The driver answers at once, so that a loop of calls would keep everything else waiting.
      await turn()
      await this.#leaveGap()
      const deadline = performance.now() + this.#busyTimeoutMs
      for (;;) {
        try {
          return await this.#inPlace(operation, work)
        } catch (error) {
          if (!isBusy(error)) throw mapError(error, operation, this.#path)
          if (performance.now() >= deadline) {
            const message = `${operation} waited ${this.#busyTimeoutMs} ms for ${this.#path}, which another process keeps locked; try again later`
            throw sqliteError('storage_busy', operation, message, 'SQLITE_BUSY')
          }
          await sleep(1 + Math.random() * RETRY_MS)
        }
      }
    })
  }

  async #inPlace<T>(operation: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    this.#connection ??= await this.#connect(this.#look)
    await this.#assertInPlace(operation)
    try {
      return await work(this.#connection.sql)
    } catch (error) {
      await this.#assertInPlace(operation)
      throw error
    }
  }

  /** Lets go of files that the path does not name any more. @throws StorageError */
  async #assertInPlace(operation: string): Promise<void> {
    const connection = this.#connection
    if (connection === undefined || connection.isInPlace()) return
    this.#connection = undefined
    await connection.abandon()
    throw movedError(operation, this.#path)
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    await connection?.close()
  }

  async #leaveGap(): Promise<void> {
    const now = performance.now()
    if (!this.#mutex.isContended) this.#stretchSince = now
    if (now - this.#stretchSince < STRETCH_MS) return
    await sleep(GAP_MS)
    this.#stretchSince = performance.now()
  }
}

/**
 * Statements with numbered parameters: `?1` is the first value, wherever and however often it
 * stands.
 */
export class Sql {
  readonly prisma: PrismaClient
  readonly #driver: SqlDriverAdapter

  constructor(driver: SqlDriverAdapter, prisma: PrismaClient) {
    this.prisma = prisma
    this.#driver = driver
  }

  /** How many rows were changed. */
  execute(text: string, ...values: SqlValue[]): Promise<number> {
    return this.#driver.executeRaw(positional(text, values))
  }

  /**
   * All or nothing. Starts as a writer, so nothing that `work` reads can change before it writes.
   */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.execute('BEGIN IMMEDIATE')
    try {
      const result = await work()
      await this.execute('COMMIT')
      return result
    } catch (error) {
      await this.execute('ROLLBACK').catch(() => undefined)
      throw error
    }
  }

  /** The rows, as objects by column name. */
  async query(text: string, ...values: SqlValue[]): Promise<unknown> {
    const { columnNames, rows } = await this.#driver.queryRaw(positional(text, values))
    return rows.map((row) => Object.fromEntries(columnNames.map((name, index) => [name, row[index]])))
  }
}

interface Statement {
  readonly sql: string
  readonly numbers: readonly number[]
}

const translated = new Map<string, Statement>()

/**
 * better-sqlite3 takes numbered parameters for named ones, so they are written out in the order in
 * which they stand.
 */
function positional(text: string, values: readonly SqlValue[]): SqlQuery {
  let statement = translated.get(text)
  if (statement === undefined) {
    const numbers = Array.from(text.matchAll(/\?(\d+)/g), ([, number]) => Number(number))
    statement = { sql: text.replace(/\?\d+/g, '?'), numbers }
    translated.set(text, statement)
  }
  const args = statement.numbers.map((number) => bindable(values[number - 1] ?? null))
  return { sql: statement.sql, args, argTypes: args.map(() => ({ scalarType: 'unknown', arity: 'scalar' })) }
}

/**
 * A number that is whole is bound as one, or it would be stored as a fraction where a column has no
 * type.
 */
function bindable(value: SqlValue): SqlValue {
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value
}

export type SqlValue = string | number | bigint | null | Uint8Array

export function closedError(operation: string) {
  return sqliteError('storage_closed', operation, `The SQLite storage is closed; ${operation} was not done`)
}
