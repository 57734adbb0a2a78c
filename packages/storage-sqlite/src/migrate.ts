import { z } from 'zod'
import type { Database } from './database.js'
import { sqliteError } from './errors.js'
import { migrations } from './migrations.gen.js'

const LATEST = migrations.length

const LEDGER = `CREATE TABLE IF NOT EXISTS cscapi_migrations (
  version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL)`

const rowsSchema = z.array(z.object({ version: z.coerce.number(), name: z.string(), checksum: z.string() }))

/** Applies what is missing, in one transaction: of any number of processes that open a new file at once, one does it. */
export async function migrate(database: Database, path: string): Promise<void> {
  await database.transaction('open', async (sql) => {
    await sql.execute(LEDGER)
    const rows = await sql.query('SELECT version, name, checksum FROM cscapi_migrations ORDER BY version')
    const applied = rowsSchema.parse(rows)
    for (const { version, name, checksum } of applied) {
      const known = migrations[version - 1]
      if (known === undefined) throw newerError(version, path)
      if (known.checksum === checksum) continue
      const message = `${path} was made with another migration ${name} than this version of cscapi ships; restore a copy or use another file`
      throw sqliteError('storage_corrupt', 'open', message)
    }
    for (const { version, name, checksum, sql: text } of migrations.slice(applied.length)) {
      await sql.execute(
        'INSERT INTO cscapi_migrations VALUES (?1, ?2, ?3, ?4)',
        version,
        name,
        checksum,
        new Date().toISOString(),
      )
      for (const statement of statementsOf(text)) await sql.execute(statement)
      // In the file's header, where it can be read without opening the database.
      await sql.execute(`PRAGMA user_version = ${version}`)
    }
  })
}

/** @throws StorageError `storage_schema_newer` */
export function assertNotNewer(version: number, path: string): void {
  if (version > LATEST) throw newerError(version, path)
}

function newerError(version: number, path: string) {
  const message = `${path} has schema version ${version}, and this version of cscapi knows up to ${LATEST}; upgrade @cscapi/storage-sqlite`
  return sqliteError('storage_schema_newer', 'open', message)
}

/** Our migrations end each statement with a semicolon at the end of a line. */
function statementsOf(sql: string): string[] {
  return sql
    .replace(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}
