import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import type { PostgresPool, PostgresPoolClient } from './connect/pool.js'
import { asText } from './connect/text-results.js'
import { isConflict, mapError } from './errors.js'
import type { PrismaClient } from './generated/client.js'
import { quoteSchema } from './schema-name.js'

/** Tries of a transaction that loses against others. */
const TRIES = 8

/**
 * Statements on one schema. `@.` stands for the schema, `@now` for the server's time in epoch
 * milliseconds.
 */
export interface Sql {
  query(text: string, ...values: unknown[]): Promise<unknown[]>
  /** How many rows were changed. */
  execute(text: string, ...values: unknown[]): Promise<number>
}

export interface DatabaseOptions {
  readonly pool: PostgresPool
  /** On the same pool. */
  readonly prisma: PrismaClient
  readonly schema: string
  /** Added to the server's time; for tests only. */
  readonly clockOffsetMs: () => number
  /** Milliseconds after which the server gives up a transaction whose host is silent. */
  readonly silenceMs: number
  /** What no error may show. */
  readonly secrets: readonly string[]
}

const nowSchema = z.tuple([z.object({ now: z.coerce.number() })])

/**
 * A pool of connections on one schema. No session state and no named statements, so that a pooler
 * in transaction mode may stand in between.
 */
export class Database {
  readonly #pool: PostgresPool
  readonly #prisma: PrismaClient
  readonly #schema: string
  readonly #clockOffsetMs: () => number
  readonly #silenceMs: number
  readonly #secrets: readonly string[]
  #underWay = 0
  #idle: (() => void) | undefined

  constructor({ pool, prisma, schema, clockOffsetMs, silenceMs, secrets }: DatabaseOptions) {
    this.#secrets = secrets
    this.#pool = pool
    this.#prisma = prisma
    this.#schema = quoteSchema(schema)
    this.#clockOffsetMs = clockOffsetMs
    this.#silenceMs = silenceMs
  }

  /**
   * One statement, which is a transaction of its own; repeated when it loses against others. Where
   * a database or role defaults to a stricter isolation it could lose as often as it is repeated,
   * so the repeat is read committed.
   */
  run<T>(operation: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#repeated(operation, (client, repeat) => {
      const statement = () => work(this.#sqlOn(client))
      return repeat ? inTransaction(client, this.#silenceMs, statement) : statement()
    })
  }

  /** All or nothing; repeated when it loses against other transactions. */
  transaction<T>(operation: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#repeated(operation, (client) =>
      inTransaction(client, this.#silenceMs, () => work(this.#sqlOn(client))),
    )
  }

  /**
   * Reads whole rows. Not inside {@link Database.run}: a call that holds one connection must not
   * wait for another.
   */
  models<T>(operation: string, read: (prisma: PrismaClient) => Promise<T>): Promise<T> {
    return this.#tracked(operation, () => read(this.#prisma))
  }

  /** The server's time, in epoch milliseconds. */
  now(operation: string): Promise<number> {
    return this.run(operation, async (sql) => {
      const [{ now }] = nowSchema.parse(await sql.query('SELECT @now AS now'))
      return now
    })
  }

  /** Waits for what is under way, and lets go of Prisma. The pool is its owner's to end. */
  async close(): Promise<void> {
    await this.#settled()
    await this.#prisma.$disconnect()
  }

  async #settled(): Promise<void> {
    if (this.#underWay === 0) return
    await new Promise<void>((resolve) => {
      this.#idle = resolve
    })
  }

  async #tracked<T>(operation: string, work: () => Promise<T>): Promise<T> {
    this.#underWay += 1
    try {
      return await work()
    } catch (error) {
      throw mapError(error, operation, this.#secrets)
    } finally {
      this.#underWay -= 1
      if (this.#underWay === 0) this.#idle?.()
    }
  }

  #repeated<T>(operation: string, work: (client: PostgresPoolClient, repeat: boolean) => Promise<T>): Promise<T> {
    return this.#tracked(operation, async () => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await withClient(this.#pool, (client) => work(client, tries > 1))
        } catch (error) {
          if (!isConflict(error) || tries === TRIES) throw error
          await sleep(Math.random() * 10 * tries)
        }
      }
    })
  }

  #sqlOn(client: PostgresPoolClient): Sql {
    const text = (template: string) => template.replaceAll('@.', `${this.#schema}.`).replaceAll('@now', this.#now())
    return {
      query: async (template, ...values) => (await ask(client, text(template), values)).rows,
      execute: async (template, ...values) => (await ask(client, text(template), values)).rowCount ?? 0,
    }
  }

  #now(): string {
    return `((extract(epoch FROM clock_timestamp()) * 1000)::bigint + ${Math.round(this.#clockOffsetMs())})`
  }
}

/** One statement; values arrive as text. */
export function ask(client: PostgresPoolClient, text: string, values: unknown[] = []) {
  return client.query({ text, ...(values.length > 0 && { values }), types: asText })
}

/**
 * Lends a connection to `work`. One that failed is thrown away: it may be in the middle of an
 * answer.
 */
export async function withClient<T>(pool: PostgresPool, work: (client: PostgresPoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    const result = await work(client)
    client.release()
    return result
  } catch (error) {
    client.release(isConflict(error) ? undefined : true)
    throw error
  }
}

/**
 * A connection that the server cuts emits its error, which would end the process; the call under
 * way tells of it, and the next one where the connection was idle. Listened for as long as the pool
 * has handed a connection out, Prisma's too: the server may cut one before whoever waits for it
 * comes to hold it.
 */
export function outliveCuts(pool: PostgresPool): () => void {
  const ignore = () => {}
  const acquired = (client: unknown) => void (client as PostgresPoolClient).on('error', ignore)
  const released = (_: unknown, client: unknown) => void (client as PostgresPoolClient).off('error', ignore)
  pool.on('error', ignore)
  pool.on('acquire', acquired)
  pool.on('release', released)
  return () => {
    pool.off('error', ignore)
    pool.off('acquire', acquired)
    pool.off('release', released)
  }
}

/**
 * All or nothing. Each statement must see what was committed before it, whatever the database's
 * default is. A host that loses power in the middle would hold its locks for hours, so the server
 * ends a transaction that hears nothing for `silenceMs`. Both are set for this transaction alone,
 * in one message, as a pooler in transaction mode needs it.
 */
export async function inTransaction<T>(
  client: PostgresPoolClient,
  silenceMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const limit = `SET LOCAL idle_in_transaction_session_timeout = ${Math.ceil(silenceMs)}`
  await ask(client, `BEGIN ISOLATION LEVEL READ COMMITTED; ${limit}`)
  try {
    const result = await work()
    await ask(client, 'COMMIT')
    return result
  } catch (error) {
    // Any other failure ends the connection, and with it the transaction: a server that stands
    // still is not waited for once more.
    if (isConflict(error)) await ask(client, 'ROLLBACK').catch(() => undefined)
    throw error
  }
}
