import { isConflict } from '../errors.js'
import type { PostgresPool, PostgresPoolClient } from './pool.js'
import { asText } from './text-results.js'

/** Runs one statement; values arrive as text. */
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
 * Does all of the work or nothing. Each statement must see what was committed before it, whatever
 * the database's default is. A host that loses power in the middle would hold its locks for hours,
 * so the server ends a transaction that hears nothing for `silenceMs`. Both are set for this
 * transaction alone, in one message, as a pooler in transaction mode needs it.
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
