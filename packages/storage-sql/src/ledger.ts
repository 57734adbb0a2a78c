import { StorageError, type StorageErrorCode } from '@cscapi/core'
import * as z from 'zod'

/** One step of the schema, numbered from 1 without gaps. */
export interface Migration {
  readonly version: number
  readonly name: string
  /** SHA-256 of `sql`, in hex. */
  readonly checksum: string
  readonly sql: string
}

/** Rows of `cscapi_migrations`, the store's own list of what was applied. */
export const appliedMigrationsSchema = z.array(
  z.object({ version: z.coerce.number(), name: z.string(), checksum: z.string() }),
)
export type AppliedMigration = z.infer<typeof appliedMigrationsSchema>[number]

/**
 * What the errors call the store, e.g. `/var/lib/cscapi.db` or `The schema cscapi`, and the
 * adapter's short name.
 */
interface StoreName {
  readonly adapter: 'sqlite' | 'postgres'
  readonly store: string
}

/**
 * Finds the migrations that a store lacks.
 *
 * @throws StorageError `storage_schema_newer` when it has one that we do not know,
 * `storage_corrupt` when it was made with another text of one.
 */
export function missingMigrations(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
  name: StoreName,
): readonly Migration[] {
  for (const { version, checksum, name: step } of applied) {
    assertNotNewer(version, migrations, name)
    if (migrations[version - 1]?.checksum === checksum) continue
    const made = `${name.store} was made with another migration ${step} than this version of cscapi ships`
    throw openError('storage_corrupt', name, `${made}; restore a copy or use another store`)
  }
  return migrations.slice(applied.length)
}

/** @throws StorageError `storage_schema_newer` */
export function assertNotNewer(version: number, migrations: readonly Migration[], name: StoreName): void {
  if (version <= migrations.length) return
  const has = `${name.store} has schema version ${version}, and this version of cscapi knows up to ${migrations.length}`
  throw openError('storage_schema_newer', name, `${has}; upgrade @cscapi/storage-${name.adapter}`)
}

function openError(code: StorageErrorCode, { adapter }: StoreName, message: string): StorageError {
  return new StorageError(code, message, { adapter, operation: 'open' })
}
