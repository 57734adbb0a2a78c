import { appliedMigrationsSchema, missingMigrations } from '@cscapi/storage-sql'
import type { Database } from './database.js'
import { migrations } from './migrations.gen.js'

const LEDGER = `CREATE TABLE IF NOT EXISTS cscapi_migrations (
  version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL)`

/** Applies what is missing, in one transaction: of any number of processes that open a new file at once, one does it. */
export async function migrate(database: Database, path: string): Promise<void> {
  await database.transaction('open', async (sql) => {
    await sql.execute(LEDGER)
    const rows = await sql.query('SELECT version, name, checksum FROM cscapi_migrations ORDER BY version')
    const missing = missingMigrations(migrations, appliedMigrationsSchema.parse(rows), {
      adapter: 'sqlite',
      store: path,
    })
    for (const { version, name, checksum, sql: text } of missing) {
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

/** Our migrations end each statement with a semicolon at the end of a line. */
function statementsOf(sql: string): string[] {
  return sql
    .replace(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}
