import { setTimeout as sleep } from 'node:timers/promises'
import { isBusy, mapError, sqliteError } from './errors.js'
import type { PrismaClient } from './generated/client.js'
import { Mutex } from './mutex.js'

/** Longest stretch of writing without a gap, and the gap, in milliseconds: SQLite's lock is not fair, and other processes need a chance. */
const STRETCH_MS = 40
const GAP_MS = 4
/** Longest wait between two tries while another process holds the lock, in milliseconds. */
const RETRY_MS = 5

/** One connection. Every operation is alone on it, and waits for other processes without blocking the event loop. */
export class Database {
  readonly #prisma: PrismaClient
  readonly #path: string
  readonly #busyTimeoutMs: number
  readonly #mutex = new Mutex()
  #stretchSince = 0
  #closed = false

  constructor(prisma: PrismaClient, path: string, busyTimeoutMs: number) {
    this.#prisma = prisma
    this.#path = path
    this.#busyTimeoutMs = busyTimeoutMs
  }

  /** Reads, or writes with a single statement. */
  run<T>(operation: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#alone(operation, () => work(new Sql(this.#prisma)))
  }

  /** All or nothing. The transaction starts as a writer, so nothing that it reads can change before it writes. */
  transaction<T>(operation: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#alone(operation, async () => {
      const sql = new Sql(this.#prisma)
      await sql.execute('BEGIN IMMEDIATE')
      try {
        const result = await work(sql)
        await sql.execute('COMMIT')
        return result
      } catch (error) {
        await sql.execute('ROLLBACK').catch(() => undefined)
        throw error
      }
    })
  }

  /** Waits for what is under way, then lets go of the file. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#mutex.run(() => this.#prisma.$disconnect())
  }

  #alone<T>(operation: string, work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closedError(operation))
    return this.#mutex.run(async () => {
      await this.#leaveGap()
      const deadline = performance.now() + this.#busyTimeoutMs
      for (;;) {
        try {
          return await work()
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

  async #leaveGap(): Promise<void> {
    const now = performance.now()
    if (!this.#mutex.isContended) this.#stretchSince = now
    if (now - this.#stretchSince < STRETCH_MS) return
    await sleep(GAP_MS)
    this.#stretchSince = performance.now()
  }
}

/** Statements with numbered parameters: `?1` is the first value, wherever and however often it stands. */
export class Sql {
  readonly prisma: PrismaClient

  constructor(prisma: PrismaClient) {
    this.prisma = prisma
  }

  /** How many rows were changed. */
  execute(text: string, ...values: SqlValue[]): Promise<number> {
    const { sql, numbers } = positional(text)
    return this.prisma.$executeRawUnsafe(sql, ...numbers.map((number) => values[number - 1] ?? null))
  }

  query(text: string, ...values: SqlValue[]): Promise<unknown> {
    const { sql, numbers } = positional(text)
    return this.prisma.$queryRawUnsafe(sql, ...numbers.map((number) => values[number - 1] ?? null))
  }
}

const translated = new Map<string, { sql: string; numbers: readonly number[] }>()

/** better-sqlite3 takes numbered parameters for named ones, so they are written out in the order in which they stand. */
function positional(text: string): { sql: string; numbers: readonly number[] } {
  const known = translated.get(text)
  if (known !== undefined) return known
  const numbers: number[] = []
  const sql = text.replace(/\?(\d+)/g, (_, number: string) => {
    numbers.push(Number(number))
    return '?'
  })
  translated.set(text, { sql, numbers })
  return { sql, numbers }
}

export type SqlValue = string | number | bigint | null | Uint8Array

export function closedError(operation: string) {
  return sqliteError('storage_closed', operation, `The SQLite storage is closed; ${operation} was not done`)
}
