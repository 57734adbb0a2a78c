import type { StateValue } from '@cscapi/core'
import * as z from 'zod'
import type { Sql } from '../connect/database.js'
import { isAhead } from './live-lease.js'

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
