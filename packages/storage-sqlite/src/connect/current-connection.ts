import { FilesMoved } from '../errors.js'
import type { Sql } from './sql.js'

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
 * The connection to what the path names now. One to files that it does not name any more is let go
 * of, and the next use connects anew.
 */
export class CurrentConnection {
  readonly #connect: () => Promise<Connection>
  #connection: Connection | undefined

  constructor(connect: () => Promise<Connection>) {
    this.#connect = connect
  }

  /**
   * What `work` gives, where it can be done at once and without a fault. Undefined: {@link use} it,
   * which also tells why not.
   */
  tryAtOnce<T>(work: (sql: Sql) => T): T | undefined {
    if (this.#connection?.isInPlace() !== true) return undefined
    try {
      return work(this.#connection.sql)
    } catch {
      return undefined
    }
  }

  /** @throws FilesMoved where something was read or written on files that are not in place */
  async use<T>(work: (sql: Sql) => T | Promise<T>, { isWriting }: { isWriting: boolean }): Promise<T> {
    this.#connection ??= await this.#connect()
    const { sql, isInPlace } = this.#connection
    if (!isInPlace()) await this.#letGo()
    try {
      const result = work(sql)
      const done = result instanceof Promise ? await result : result
      if (isWriting && !isInPlace()) await this.#letGo()
      return done
    } catch (error) {
      if (!isInPlace()) await this.#letGo()
      throw error
    }
  }

  /** Lets go of files that are not in place. */
  async look(): Promise<void> {
    if (this.#connection?.isInPlace() === false) await this.#letGo().catch(() => undefined)
  }

  async close(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    await connection?.close()
  }

  /** @throws FilesMoved */
  async #letGo(): Promise<never> {
    const connection = this.#connection
    this.#connection = undefined
    await connection?.abandon()
    throw new FilesMoved()
  }
}
