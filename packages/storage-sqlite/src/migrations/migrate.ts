import { appliedMigrationsSchema, assertNotNewer, missingMigrations } from '@cscapi/storage-sql'
import * as z from 'zod'
import type { Sql } from '../connect/sql.js'
import { corruptError, sqliteError } from '../errors.js'
import { APPLICATION_ID } from '../file/header.js'
import { migrations } from '../migrations.gen.js'

const LEDGER = `CREATE TABLE IF NOT EXISTS cscapi_migrations (
  version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL)`

const tablesSchema = z.array(z.object({ name: z.string() }))

/**
 * Reads whether the database is a store of ours, or empty, before anything is written.
 * @throws StorageError `storage_corrupt` for another program's, `storage_schema_newer`
 */
export function assertOurs(sql: Sql, userVersion: number, path: string): void {
  const tables = tablesSchema.parse(sql.query("SELECT name FROM sqlite_master WHERE type = 'table'"))
  if (tables.length === 0) return
  if (!tables.some(({ name }) => name === 'cscapi_migrations')) {
    throw corruptError(path, 'it is the database of another program')
  }
  const versions = readLedger(sql).map(({ version }) => version)
  assertNotNewer(Math.max(0, ...versions), migrations, { adapter: 'sqlite', store: path })
  if (userVersion > migrations.length) throw corruptError(path, 'its header is damaged')
}

/**
 * Applies what is missing, in one transaction: of any number of processes that open a new file at
 * once, one does it.
 */
export function migrate(sql: Sql, path: string): void {
  sql.transaction(() => {
    sql.exec(LEDGER)
    const missing = missingMigrations(migrations, readLedger(sql), { adapter: 'sqlite', store: path })
    for (const { version, name, checksum, sql: text } of missing) {
      const values = [version, name, checksum, new Date().toISOString()]
      sql.execute('INSERT INTO cscapi_migrations VALUES (?1, ?2, ?3, ?4)', ...values)
      sql.exec(text)
      // In the file's header, where it can be read without opening the database.
      sql.exec(`PRAGMA user_version = ${version}`)
    }
    if (missing.length > 0) sql.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
  })
}

/** For whoever only reads. @throws StorageError `storage_schema_missing` where `migrate` would change something */
export function assertUpToDate(sql: Sql, path: string): void {
  const isThere = sql.query("SELECT 1 FROM sqlite_master WHERE name = 'cscapi_migrations'").length > 0
  const applied = isThere ? readLedger(sql) : []
  if (missingMigrations(migrations, applied, { adapter: 'sqlite', store: path }).length === 0) return
  const message = `${path} has schema version ${applied.length} of ${migrations.length}, and readOnly leaves it so: open it once without readOnly, as a user who may write it, to bring it up to date`
  throw sqliteError('storage_schema_missing', 'open', message)
}

function readLedger(sql: Sql) {
  return appliedMigrationsSchema.parse(
    sql.query('SELECT version, name, checksum FROM cscapi_migrations ORDER BY version'),
  )
}
