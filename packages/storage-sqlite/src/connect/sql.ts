import type { Driver, DriverConnection, DriverStatement, SqlValue } from '../drivers/driver.js'
import { SqliteFailure } from '../errors.js'

interface Prepared {
  readonly statement: DriverStatement
  /** For each question mark the place of its value. */
  readonly places: readonly number[]
  readonly isInOrder: boolean
}

/**
 * Statements on one connection, each prepared once. Their parameters are numbered: `?1` is the
 * first value, wherever and however often it stands. Errors of SQLite are {@link SqliteFailure}s.
 */
export class Sql {
  readonly #driver: Driver
  readonly #connection: DriverConnection
  readonly #prepared = new Map<string, Prepared>()

  /** @throws SqliteFailure */
  constructor(driver: Driver, path: string, options: { readonly readOnly?: boolean } = {}) {
    this.#driver = driver
    this.#connection = this.#failing(() => driver.open(path, options))
  }

  /** For a statement without rows: how many were changed. */
  execute(text: string, ...values: SqlValue[]): number {
    try {
      const prepared = this.#prepare(text)
      return Number(prepared.statement.run(...bound(values, prepared)).changes)
    } catch (error) {
      throw this.#failure(error)
    }
  }

  /** For a statement with rows: those, as objects by column name. */
  query(text: string, ...values: SqlValue[]): unknown[] {
    try {
      const prepared = this.#prepare(text)
      return prepared.statement.all(...bound(values, prepared))
    } catch (error) {
      throw this.#failure(error)
    }
  }

  /** Runs what takes effect while it is compiled, as pragmas may, and what is run only once. */
  exec(text: string): void {
    this.#failing(() => this.#connection.exec(text))
  }

  /**
   * All or nothing, and durable. Starts as a writer, so nothing that `work` reads can change before
   * it writes.
   */
  transaction<T>(work: () => T): T {
    this.execute('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.execute('COMMIT')
      return result
    } catch (error) {
      this.#rollBack()
      throw error
    }
  }

  /** The same for work that gives others a turn meanwhile. */
  async longTransaction<T>(work: () => Promise<T>): Promise<T> {
    this.execute('BEGIN IMMEDIATE')
    try {
      const result = await work()
      this.execute('COMMIT')
      return result
    } catch (error) {
      this.#rollBack()
      throw error
    }
  }

  /**
   * Commits of `work` wait for no disk: they survive the process, but may be gone after a power
   * cut. What is durable stays so: the log is written in order, and a durable commit, before or
   * after, waits for all of the log up to itself.
   */
  passing<T>(work: () => T): T {
    this.exec('PRAGMA synchronous = NORMAL')
    try {
      return work()
    } finally {
      this.exec('PRAGMA synchronous = FULL')
    }
  }

  close(): void {
    this.#prepared.clear()
    this.#failing(() => this.#connection.close())
  }

  #rollBack(): void {
    try {
      this.execute('ROLLBACK')
    } catch {
      // SQLite has done so itself, e.g. when the disk was full.
    }
  }

  #prepare(text: string): Prepared {
    let prepared = this.#prepared.get(text)
    if (prepared === undefined) {
      const places = Array.from(text.matchAll(/\?(\d+)/g), ([, number]) => Number(number) - 1)
      const isInOrder = places.every((place, index) => place === index)
      // The drivers do not agree on what a numbered parameter is.
      const statement = this.#connection.prepare(text.replace(/\?\d+/g, '?'))
      prepared = { statement, places, isInOrder }
      this.#prepared.set(text, prepared)
    }
    return prepared
  }

  #failing<T>(call: () => T): T {
    try {
      return call()
    } catch (error) {
      throw this.#failure(error)
    }
  }

  #failure(error: unknown): unknown {
    const code = this.#driver.codeOf(error)
    return code === undefined ? error : new SqliteFailure(code, error)
  }
}

/** The values as the question marks want them; there may be more than a statement uses. */
function bound(values: SqlValue[], { places, isInOrder }: Prepared): SqlValue[] {
  return isInOrder && values.length === places.length ? values : places.map((place) => values[place] ?? null)
}
