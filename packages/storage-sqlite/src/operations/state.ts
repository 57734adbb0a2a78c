import type { SetStateOptions, StateValue } from '@cscapi/core'
import { remainingMs } from '@cscapi/storage'
import { newStateVersion } from '@cscapi/storage-sql'
import * as z from 'zod'
import type { Sql } from '../connect/sql.js'

const GET = 'SELECT value, version, expires_at AS expiresAt, put_at AS putAt FROM state WHERE key = ?1'
const PUT = `INSERT INTO state (key, value, version, expires_at, put_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (key)
  DO UPDATE SET value = excluded.value, version = excluded.version, expires_at = excluded.expires_at, put_at = excluded.put_at`
const DELETE = 'DELETE FROM state WHERE key = ?1'

const rowsSchema = z.array(
  z.object({
    value: z.instanceof(Uint8Array),
    version: z.number(),
    expiresAt: z.number().nullable(),
    putAt: z.number(),
  }),
)

export function getState(sql: Sql, key: string, now: number): StateValue | undefined {
  const [row] = rowsSchema.parse(sql.query(GET, key))
  if (row === undefined) return undefined
  const expiresInMs = row.expiresAt === null ? undefined : remainingMs({ at: row.expiresAt, putAt: row.putAt }, now)
  if (expiresInMs !== undefined && expiresInMs <= 0) return undefined
  return { value: plainBytes(row.value), version: row.version, expiresInMs }
}

/** Some drivers give Buffers, whose methods differ, e.g. `slice`. */
function plainBytes(value: Uint8Array): Uint8Array {
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
}

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
