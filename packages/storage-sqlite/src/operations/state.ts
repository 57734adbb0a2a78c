import type { SetStateOptions, StateValue } from '@cscapi/core'
import { remainingMs } from '@cscapi/storage'
import { newStateVersion } from '@cscapi/storage-sql'
import type { Sql } from '../database.js'

export async function getState({ prisma }: Sql, key: string, now: number): Promise<StateValue | undefined> {
  const row = await prisma.state.findUnique({ where: { key } })
  if (row === null) return undefined
  const expiresInMs =
    row.expiresAt === null ? undefined : remainingMs({ at: Number(row.expiresAt), putAt: Number(row.putAt) }, now)
  if (expiresInMs !== undefined && expiresInMs <= 0) return undefined
  return { value: row.value, version: Number(row.version), expiresInMs }
}

/** Inside a transaction. */
export async function setState(
  sql: Sql,
  key: string,
  value: Uint8Array | undefined,
  { ifVersion, expiresInMs }: SetStateOptions,
  now: number,
): Promise<number | undefined> {
  if (ifVersion !== undefined && ifVersion !== ((await getState(sql, key, now))?.version ?? 0)) return undefined
  if (value === undefined) {
    await sql.execute('DELETE FROM state WHERE key = ?1', key)
    return 0
  }
  const version = newStateVersion()
  const expiresAt = expiresInMs === undefined ? null : Math.round(now + expiresInMs)
  const upsert = `INSERT INTO state (key, value, version, expires_at, put_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (key)
    DO UPDATE SET value = excluded.value, version = excluded.version, expires_at = excluded.expires_at, put_at = excluded.put_at`
  await sql.execute(upsert, key, value, version, expiresAt, now)
  return version
}
