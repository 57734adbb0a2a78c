import { createHash } from 'node:crypto'
import { readOptions } from '@cscapi/signals'
import { type AppliedMigration, appliedMigrationsSchema, type Migration, missingMigrations } from '@cscapi/storage-sql'
import * as z from 'zod'
import type { PostgresPool, PostgresPoolClient } from '../connect/pool.js'
import { quoteSchema } from '../connect/schema-name.js'
import { ask, inTransaction, withClient } from '../connect/statements.js'
import { bool } from '../connect/text-results.js'
import { postgresError } from '../errors.js'
import { migrations } from '../migrations.gen.js'

/** What `open()` does about the schema: apply what is missing; check only; or neither. */
export type MigrateMode = (typeof MIGRATE_MODES)[number]

export const MIGRATE_MODES = ['auto', 'verify', 'never'] as const

// The schema's name has a rule of its own.
const sqlOptionsSchema = z.strictObject({ schema: z.string().default('cscapi') })

/**
 * Writes the SQL that creates everything in a schema (default `cscapi`), for a role that may; it is
 * one transaction. Then open with `migrate: 'verify'`.
 *
 * @throws InputError for a schema's name that is not plain
 */
export function migrationSql(options: { schema?: string } = {}): string {
  const { schema } = readOptions('No SQL was written', sqlOptionsSchema, options)
  const quoted = quoteSchema(schema)
  const steps = migrations.map(({ version, name, checksum, sql }) => `${sql}\n${ledgerRow(version, name, checksum)};`)
  const place = [`CREATE SCHEMA IF NOT EXISTS ${quoted};`, `SET LOCAL search_path TO ${quoted};`]
  return ['BEGIN;', ...place, `${LEDGER};`, ...steps, 'COMMIT;'].join('\n\n')
}

const LEDGER = `CREATE TABLE IF NOT EXISTS cscapi_migrations (
  version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TIMESTAMPTZ NOT NULL DEFAULT now())`

const ledgerRow = (version: number, name: string, checksum: string) =>
  `INSERT INTO cscapi_migrations (version, name, checksum) VALUES (${version}, '${name}', '${checksum}')`

/**
 * Brings the schema up to date, in one transaction that holds a lock of the schema's own: of any
 * number of processes, one does it.
 */
export async function migrate(pool: PostgresPool, schema: string, mode: MigrateMode, silenceMs: number): Promise<void> {
  if (mode === 'never') return
  await withClient(pool, (client) =>
    inTransaction(client, silenceMs, async () => {
      // Whoever only checks changes nothing that others do.
      if (mode === 'auto') await ask(client, 'SELECT pg_advisory_xact_lock($1)', [lockOf(schema)])
      const applied = await readLedger(client, schema)
      const missing = missingMigrations(migrations, applied, { adapter: 'postgres', store: `The schema ${schema}` })
      if (missing.length === 0) return
      if (mode === 'verify') throw missingError(schema, applied.length)
      await apply(client, schema, missing)
    }),
  )
}

const thereSchema = z.tuple([z.object({ there: bool })])

async function readLedger(client: PostgresPoolClient, schema: string): Promise<AppliedMigration[]> {
  const table = `${quoteSchema(schema)}.cscapi_migrations`
  const { rows } = await ask(client, 'SELECT to_regclass($1) IS NOT NULL AS there', [table])
  const [{ there }] = thereSchema.parse(rows)
  if (!there) return []
  return appliedMigrationsSchema.parse(
    (await ask(client, `SELECT version, name, checksum FROM ${table} ORDER BY version`)).rows,
  )
}

async function apply(client: PostgresPoolClient, schema: string, missing: readonly Migration[]): Promise<void> {
  const quoted = quoteSchema(schema)
  // Only where it is missing: a role may use a schema that it may not create.
  const { rows } = await ask(client, 'SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema])
  if (rows.length === 0) await ask(client, `CREATE SCHEMA ${quoted}`)
  await ask(client, `SET LOCAL search_path TO ${quoted}`)
  await ask(client, LEDGER)
  for (const { version, name, checksum, sql } of missing) {
    await ask(client, ledgerRow(version, name, checksum))
    await ask(client, sql)
  }
}

function missingError(schema: string, version: number) {
  const message = `The schema ${schema} has version ${version} of ${migrations.length}: open it once without readOnly and with migrate "auto", or run migrationSql() with a role that may`
  return postgresError('storage_schema_missing', 'open', message)
}

/** Names the advisory lock of a schema: 63 bits of its name's hash. */
function lockOf(schema: string): string {
  return (createHash('sha256').update(`cscapi ${schema}`).digest().readBigInt64BE() >> 1n).toString()
}
