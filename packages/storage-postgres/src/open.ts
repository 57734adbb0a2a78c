import { PrismaPg } from '@prisma/adapter-pg'
import { Pool } from 'pg'
import { Database, outliveCuts } from './database.js'
import { mapError } from './errors.js'
import { PrismaClient } from './generated/client.js'
import { migrate } from './migrate.js'
import type { PostgresStorageOptions } from './options.js'

const STATEMENT_TIMEOUT_MS = 30_000

/** Connects, brings the schema up to date, and returns the database and what lets go of a pool that is ours. */
export async function openDatabase(
  options: PostgresStorageOptions,
): Promise<{ database: Database; release: () => Promise<void> }> {
  const { schema = 'cscapi', migrate: mode = 'auto', testClockOffsetMs = () => 0 } = options
  const silenceMs = (options.url === undefined ? undefined : options.statementTimeoutMs) ?? STATEMENT_TIMEOUT_MS
  const pool = options.url === undefined ? options.pool : makePool(options)
  const letGo = outliveCuts(pool)
  const release = async () => {
    letGo()
    if (options.pool === undefined) await pool.end()
  }
  try {
    await migrate(pool, schema, mode, silenceMs)
    const prisma = new PrismaClient({ adapter: new PrismaPg(asOwnPool(pool), { schema }) })
    return { database: new Database({ pool, prisma, schema, clockOffsetMs: testClockOffsetMs, silenceMs }), release }
  } catch (error) {
    await release().catch(() => undefined)
    throw mapError(error, 'open')
  }
}

function makePool(options: Extract<PostgresStorageOptions, { url: string }>): Pool {
  const { url, ssl, poolSize = 10, connectTimeoutMs = 10_000, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options
  const pool = new Pool({
    connectionString: ssl === undefined ? url : withoutTls(url),
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: statementTimeoutMs,
    ...(ssl !== undefined && { ssl }),
  })
  // An idle connection that breaks is replaced; the next call tells if the server is gone.
  pool.on('error', () => {})
  return pool
}

/** The driver lets the URL's TLS settings win over the option. */
function withoutTls(url: string): string {
  const address = new URL(url)
  for (const name of ['ssl', 'sslmode', 'sslcert', 'sslkey', 'sslrootcert']) address.searchParams.delete(name)
  return address.href
}

/** Prisma takes a pool that another copy of pg made for connection settings. */
function asOwnPool(pool: Pool): Pool {
  return pool instanceof Pool ? pool : new Proxy<Pool>(pool, { getPrototypeOf: () => Pool.prototype })
}
