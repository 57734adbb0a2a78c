import type { SetStateOptions } from '@cscapi/core'
import { newStateVersion } from '@cscapi/storage-sql'
import type { Sql } from '../connect/database.js'
import { getState } from './get-state.js'

/**
 * Writes or deletes a value, inside a transaction. A lock of the key's own serves where there is no
 * row to lock yet.
 */
export async function setState(
  sql: Sql,
  key: string,
  value: Uint8Array | undefined,
  { ifVersion, expiresInMs }: SetStateOptions,
): Promise<number | undefined> {
  await sql.query("SELECT pg_advisory_xact_lock(hashtextextended('@.state ' || $1, 0))", key)
  if (ifVersion !== undefined && ifVersion !== ((await getState(sql, key))?.version ?? 0)) return undefined
  if (value === undefined) {
    await sql.execute('DELETE FROM @.state WHERE key = $1', key)
    return 0
  }
  const version = newStateVersion()
  const upsert = `INSERT INTO @.state (key, value, version, expires_at, put_at) VALUES ($1, $2, $3, @now + $4::bigint, @now)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version, expires_at = excluded.expires_at,
      put_at = excluded.put_at`
  await sql.execute(
    upsert,
    key,
    Buffer.from(value),
    version,
    expiresInMs === undefined ? null : Math.round(expiresInMs),
  )
  return version
}
