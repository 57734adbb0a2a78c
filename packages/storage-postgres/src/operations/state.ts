import type { SetStateOptions, StateValue } from '@cscapi/core'
import { newStateVersion } from '@cscapi/storage-sql'
import * as z from 'zod'
import type { Sql } from '../database.js'
import { isAhead } from '../live-lease.js'

const stateSchema = z.array(
  z.object({ value: z.string(), version: z.coerce.number(), expiresInMs: z.coerce.number().nullable() }),
)

/** In a form that no setting of the server changes. */
const READ = `SELECT encode(value, 'base64') AS value, version, least(expires_at - @now, expires_at - put_at) AS "expiresInMs"
  FROM @.state WHERE key = $1 AND (expires_at IS NULL OR (expires_at > @now AND NOT ${isAhead('put_at')}))`

export async function getState(sql: Sql, key: string): Promise<StateValue | undefined> {
  const [row] = stateSchema.parse(await sql.query(READ, key))
  if (row === undefined) return undefined
  return {
    value: new Uint8Array(Buffer.from(row.value, 'base64')),
    version: row.version,
    expiresInMs: row.expiresInMs ?? undefined,
  }
}

/** Inside a transaction. A lock of the key's own serves where there is no row to lock yet. */
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
