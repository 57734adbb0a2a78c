import type { StateValue } from '@cscapi/core'
import { remainingMs } from '@cscapi/storage'
import * as z from 'zod'
import type { Sql } from '../connect/sql.js'

const GET = 'SELECT value, version, expires_at AS expiresAt, put_at AS putAt FROM state WHERE key = ?1'

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
