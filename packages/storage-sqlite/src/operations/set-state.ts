import type { SetStateOptions } from '@cscapi/core'
import { newStateVersion } from '@cscapi/storage-sql'
import type { Sql } from '../connect/sql.js'
import { getState } from './get-state.js'

const PUT = `INSERT INTO state (key, value, version, expires_at, put_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (key)
  DO UPDATE SET value = excluded.value, version = excluded.version, expires_at = excluded.expires_at, put_at = excluded.put_at`
const DELETE = 'DELETE FROM state WHERE key = ?1'

/** Inside a transaction. */
export function setState(
  sql: Sql,
  key: string,
  value: Uint8Array | undefined,
  { ifVersion, expiresInMs }: SetStateOptions,
  now: number,
): number | undefined {
  if (ifVersion !== undefined && ifVersion !== (getState(sql, key, now)?.version ?? 0)) return undefined
  if (value === undefined) {
    sql.execute(DELETE, key)
    return 0
  }
  const version = newStateVersion()
  const expiresAt = expiresInMs === undefined ? null : Math.round(now + expiresInMs)
  sql.execute(PUT, key, value, version, expiresAt, now)
  return version
}
