import { setTimeout as sleep } from 'node:timers/promises'
import { turn } from '@cscapi/core'
import { FilesMoved, isBusy, mapError, sqliteError } from '../errors.js'
import { waitWhileBusy } from './busy-wait.js'
import { type Call, firstGroup, type LongCall, type Task } from './call.js'
import { type Connection, CurrentConnection } from './current-connection.js'
import { runGroup } from './group.js'
import type { Sql } from './sql.js'

/**
 * Longest stretch of writing without a gap, and the gap, in milliseconds: SQLite's lock is not
 * fair, and other processes need a chance.
 */
const STRETCH_MS = 40
const GAP_MS = 4

/**
 * Calls wait in line for the one connection, and those that wait are done together: see
 * {@link runGroup}. They wait for other processes without blocking the event loop. Nothing is
 * acknowledged on files that the path does not name any more: the call fails then.
 */
export class Database {
  readonly #connection: CurrentConnection
  readonly #path: string
  readonly #busyTimeoutMs: number
  readonly #waiting: (Call | LongCall | Task)[] = []
  #isServing = false
  #stretchSince = 0

  constructor(connect: (look: () => void) => Promise<Connection>, path: string, busyTimeoutMs: number) {
    const look = () => this.#add({ kind: 'task', run: () => this.#connection.look() })
    this.#connection = new CurrentConnection(() => connect(look))
    this.#path = path
    this.#busyTimeoutMs = busyTimeoutMs
  }

  /** `rows` says about how many rows a call is about. */
  read<T>(operation: string, work: (sql: Sql) => T, rows = 1): Promise<T> {
    return this.#call('read', operation, work, rows)
  }

  /** All or nothing, and durable. */
  write<T>(operation: string, work: (sql: Sql) => T, rows = 1): Promise<T> {
    return this.#call('write', operation, work, rows)
  }

  /** All or nothing, and perhaps gone after a power cut: for what everybody can do without then. */
  writePassing<T>(operation: string, work: (sql: Sql) => T, rows = 1): Promise<T> {
    return this.#call('passing-write', operation, work, rows)
  }

  /** As {@link write}, for work of many rows, which gives others a turn meanwhile. */
  writeLong<T>(operation: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = async (sql: Sql) => {
        const value = await sql.longTransaction(() => work(sql))
        return () => resolve(value)
      }
      this.#add({ kind: 'long-write', run, reject: (error) => reject(this.#errorOf(error, operation)) })
    })
  }

  /** Waits for what is under way, then lets go of the file. */
  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#add({ kind: 'task', run: () => this.#connection.close().then(resolve, reject) })
    })
  }

  #call<T>(kind: Call['kind'], operation: string, work: (sql: Sql) => T, rows: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = (sql: Sql) => {
        const value = work(sql)
        return () => resolve(value)
      }
      this.#add({ kind, rows, run, reject: (error) => reject(this.#errorOf(error, operation)) })
    })
  }

  #add(call: Call | LongCall | Task): void {
    this.#waiting.push(call)
    if (this.#isServing) return
    this.#isServing = true
    void this.#serve()
  }

  /** Throws nothing: whatever fails is its caller's to know. */
  async #serve(): Promise<void> {
    while (this.#waiting.length > 0) {
      // The driver answers at once, so that a loop of calls would keep everything else waiting.
      await turn()
      if (this.#readAtOnce()) continue
      if (this.#needsGap()) await this.#leaveGap()
      const [first] = this.#waiting
      if (first?.kind === 'task') {
        this.#waiting.shift()
        await first.run()
        continue
      }
      const calls = firstGroup(this.#waiting)
      this.#waiting.splice(0, calls.length)
      await this.#answer(calls)
    }
    this.#isServing = false
  }

  /** A read that is alone and meets no fault has nothing to wait for. */
  #readAtOnce(): boolean {
    const [call] = this.#waiting
    if (call?.kind !== 'read' || this.#waiting.length > 1) return false
    const answer = this.#connection.tryAtOnce(call.run)
    if (answer === undefined) return false
    this.#waiting.shift()
    answer()
    return true
  }

  async #answer(calls: readonly (Call | LongCall)[]): Promise<void> {
    const isWriting = calls.some(({ kind }) => kind !== 'read')
    const attempt = () => this.#connection.use((sql) => runGroup(sql, calls), { isWriting })
    try {
      const answers = await waitWhileBusy(attempt, this.#busyTimeoutMs)
      for (const answer of answers) answer()
    } catch (error) {
      const isForAll = calls.length === 1 || isBusy(error) || error instanceof FilesMoved
      if (isForAll) for (const { reject } of calls) reject(error)
      else await this.#answerEach(calls)
    }
  }

  /** Whose fault it is shows when each is alone. */
  async #answerEach(calls: readonly (Call | LongCall)[]): Promise<void> {
    for (const call of calls) {
      await turn()
      await this.#answer([call])
    }
  }

  #errorOf(error: unknown, operation: string): Error {
    if (!isBusy(error)) return mapError(error, operation, this.#path)
    const message = `${operation} waited ${this.#busyTimeoutMs} ms for ${this.#path}, which another process keeps locked; try again later`
    return sqliteError('storage_busy', operation, message, 'SQLITE_BUSY')
  }

  #needsGap(): boolean {
    const now = performance.now()
    if (this.#waiting.length === 1) this.#stretchSince = now
    return now - this.#stretchSince >= STRETCH_MS
  }

  async #leaveGap(): Promise<void> {
    await sleep(GAP_MS)
    this.#stretchSince = performance.now()
  }
}
