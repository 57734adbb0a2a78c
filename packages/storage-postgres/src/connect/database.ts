import { setTimeout as sleep } from 'node:timers/promises'
import { CLOCK_NOISE_MS } from '@cscapi/storage'
import * as z from 'zod'
import { isConflict } from '../errors.js'
import type { PrismaClient } from '../generated/client.js'
import { LazyPrisma } from './lazy-prisma.js'
import type { PostgresPool, PostgresPoolClient } from './pool.js'
import { quoteSchema } from './schema-name.js'
import { ask, inTransaction, withClient } from './statements.js'

/** Tries of a transaction that loses against others. */
const TRIES = 8

/**
 * Statements on one schema. `@.` stands for the schema, `@now` for the server's time in epoch
 * milliseconds, `@clock` for what the schema's functions need to know of clocks.
 */
export interface Sql {
  query(text: string, ...values: unknown[]): Promise<unknown[]>
  /** How many rows were changed. */
  execute(text: string, ...values: unknown[]): Promise<number>
}

export interface DatabaseOptions {
  readonly pool: PostgresPool
  readonly schema: string
  /** Added to the server's time; for tests only. */
  readonly clockOffsetMs: () => number
  /** Milliseconds after which the server gives up a transaction whose host is silent. */
  readonly silenceMs: number
}

const nowSchema = z.tuple([z.object({ now: z.coerce.number() })])

/**
 * A pool of connections on one schema. No session state and no named statements, so that a pooler
 * in transaction mode may stand in between.
 */
export class Database {
  readonly #pool: PostgresPool
  readonly #prisma: LazyPrisma
  readonly #schema: string
  readonly #clockOffsetMs: () => number
  readonly #silenceMs: number
  /** Statements as they are sent, by what they are written like; all of them for the same offset. */
  readonly #texts = new Map<string, string>()
  #offsetOfTexts = 0

  constructor({ pool, schema, clockOffsetMs, silenceMs }: DatabaseOptions) {
    this.#pool = pool
    this.#prisma = new LazyPrisma(pool, schema)
    this.#schema = quoteSchema(schema)
    this.#clockOffsetMs = clockOffsetMs
    this.#silenceMs = silenceMs
  }

  /**
   * Runs one statement, which is a transaction of its own; repeated when it loses against others.
   * Where a database or role defaults to a stricter isolation it could lose as often as it is
   * repeated, so the repeat is read committed.
   */
  run<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#repeated((client, repeat) => {
      const statement = () => work(this.#sqlOn(client))
      return repeat ? inTransaction(client, this.#silenceMs, statement) : statement()
    })
  }

  /** Does all or nothing; repeated when it loses against other transactions. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#repeated((client) => inTransaction(client, this.#silenceMs, () => work(this.#sqlOn(client))))
  }

  /**
   * Reads whole rows with Prisma, for what is asked rarely. Not inside {@link Database.run}: a call
   * that holds one connection must not wait for another.
   */
  async models<T>(read: (prisma: PrismaClient) => Promise<T>): Promise<T> {
    return read(await this.#prisma.client())
  }

  /** Asks for the server's time, in epoch milliseconds. */
  now(): Promise<number> {
    return this.run(async (sql) => {
      const [{ now }] = nowSchema.parse(await sql.query('SELECT @now AS now'))
      return now
    })
  }

  /** Lets go of Prisma. The pool is its owner's to end. */
  close(): Promise<void> {
    return this.#prisma.disconnect()
  }

  async #repeated<T>(work: (client: PostgresPoolClient, repeat: boolean) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await withClient(this.#pool, (client) => work(client, tries > 1))
      } catch (error) {
        if (!isConflict(error) || tries === TRIES) throw error
        await sleep(Math.random() * 10 * tries)
      }
    }
  }

  #sqlOn(client: PostgresPoolClient): Sql {
    return {
      query: async (template, ...values) => (await ask(client, this.#textOf(template), values)).rows,
      execute: async (template, ...values) => (await ask(client, this.#textOf(template), values)).rowCount ?? 0,
    }
  }

  #textOf(template: string): string {
    const offset = Math.round(this.#clockOffsetMs())
    if (offset !== this.#offsetOfTexts) this.#texts.clear()
    this.#offsetOfTexts = offset
    const known = this.#texts.get(template)
    if (known !== undefined) return known
    const text = template
      .replaceAll('@.', `${this.#schema}.`)
      .replaceAll('@now', `((extract(epoch FROM clock_timestamp()) * 1000)::bigint + ${offset})`)
      // The last two arguments of the functions: `noise_ms` and `offset_ms`.
      .replaceAll('@clock', `${CLOCK_NOISE_MS}, ${offset}`)
    this.#texts.set(template, text)
    return text
  }
}
