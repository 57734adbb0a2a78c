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

  /** @throws FilesMoved where something was read or written on files that are not in place */
  async use<T>(work: (sql: Sql) => T | Promise<T>, { isWriting }: { isWriting: boolean }): Promise<T> {
    this.#connection ??= await this.#connect()
    await this.#assertInPlace()
    try {
      const result = await work(this.#connection.sql)
      if (isWriting) await this.#assertInPlace()
      return result
    } catch (error) {
      await this.#assertInPlace()
      throw error
    }
  }

  /** Lets go of files that are not in place. */
  look(): Promise<void> {
    return this.#assertInPlace().catch(() => undefined)
  }

  async close(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    await connection?.close()
  }

  async #assertInPlace(): Promise<void> {
    const connection = this.#connection
    if (connection === undefined || connection.isInPlace()) return
    this.#connection = undefined
    await connection.abandon()
    throw new FilesMoved()
  }
}
