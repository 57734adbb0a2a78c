import { migrate } from '../migrations/migrate.js'
import type { PostgresStorageOptions } from '../options.js'
import { Database } from './database.js'
import { checkEncoding } from './encoding.js'
import { outliveCuts } from './outlive-cuts.js'
import { makePool, STATEMENT_TIMEOUT_MS } from './own-pool.js'
import { withClient } from './statements.js'

/**
 * Connects, brings the schema up to date, and returns the database and what lets go of a pool that
 * is ours.
 */
export async function connect(
  options: PostgresStorageOptions,
): Promise<{ database: Database; release: () => Promise<void> }> {
  const { schema = 'cscapi', migrate: mode = 'auto', readOnly, testClockOffsetMs: clockOffsetMs = () => 0 } = options
  const silenceMs = (options.url === undefined ? undefined : options.statementTimeoutMs) ?? STATEMENT_TIMEOUT_MS
  const pool = options.url === undefined ? options.pool : await makePool(options)
  const letGo = outliveCuts(pool)
  const release = async () => {
    // A pool that is ours may lose connections until it has ended.
    if (options.pool === undefined) await pool.end()
    letGo()
  }
  try {
    await withClient(pool, checkEncoding)
    await migrate(pool, schema, readOnly && mode === 'auto' ? 'verify' : mode, silenceMs)
    const database = new Database({ pool, schema, clockOffsetMs, silenceMs })
    return { database, release }
  } catch (error) {
    await release().catch(() => undefined)
    throw error
  }
}
