import { PrismaPg } from '@prisma/adapter-pg'
import { readAddress } from './connect/address.js'
import { checkEncoding } from './connect/encoding.js'
import { makePool, STATEMENT_TIMEOUT_MS } from './connect/own-pool.js'
import { poolOfPrisma } from './connect/prisma-pool.js'
import { Database, outliveCuts, withClient } from './database.js'
import { mapError } from './errors.js'
import { PrismaClient } from './generated/client.js'
import { migrate } from './migrate.js'
import type { PostgresStorageOptions } from './options.js'

/**
 * Connects, brings the schema up to date, and returns the database and what lets go of a pool that
 * is ours.
 */
export async function openDatabase(
  options: PostgresStorageOptions,
): Promise<{ database: Database; release: () => Promise<void> }> {
  const { schema = 'cscapi', migrate: mode = 'auto', testClockOffsetMs = () => 0 } = options
  const silenceMs = (options.url === undefined ? undefined : options.statementTimeoutMs) ?? STATEMENT_TIMEOUT_MS
  const secrets = secretsOf(options)
  const pool = options.url === undefined ? options.pool : makePool(options)
  const letGo = outliveCuts(pool)
  const release = async () => {
    // A pool that is ours may lose connections until it has ended.
    if (options.pool === undefined) await pool.end()
    letGo()
  }
  try {
    await withClient(pool, checkEncoding)
    await migrate(pool, schema, mode, silenceMs)
    const prisma = new PrismaClient({ adapter: new PrismaPg(poolOfPrisma(pool), { schema }) })
    const clockOffsetMs = testClockOffsetMs
    return { database: new Database({ pool, prisma, schema, clockOffsetMs, silenceMs, secrets }), release }
  } catch (error) {
    await release().catch(() => undefined)
    throw mapError(error, 'open', secrets)
  }
}

/** Short ones are words of every message. */
function secretsOf(options: PostgresStorageOptions): string[] {
  const { url, pool, ssl }: { url?: string; pool?: object; ssl?: unknown } = options
  const { password, connectionString, ssl: poolTls } = Object(Reflect.get(pool ?? {}, 'options'))
  const passwords = [readAddress(url).address?.password, readAddress(connectionString).address?.password, password]
  const passphrases = [ssl, poolTls].map((tls): unknown => Reflect.get(Object(tls), 'passphrase'))
  return [...passwords, ...passphrases].filter((secret) => typeof secret === 'string' && secret.length > 3)
}
