import type { SetStateOptions } from '@cscapi/core'
import { newStateVersion } from '@cscapi/storage-sql'
import * as z from 'zod'
import type { Sql } from '../connect/database.js'
import { bool } from '../connect/text-results.js'

const PUT = "SELECT @.put_state($1, $2, $3, $4, $5, '@.state ', @clock) AS written"

const writtenSchema = z.tuple([z.object({ written: bool })])

/** Writes or deletes a value, in one statement. */
export async function setState(
  sql: Sql,
  key: string,
  value: Uint8Array | undefined,
  { ifVersion, expiresInMs }: SetStateOptions,
): Promise<number | undefined> {
  const version = value === undefined ? 0 : newStateVersion()
  const bytes = value === undefined ? null : Buffer.from(value)
  const forMs = expiresInMs === undefined ? null : Math.round(expiresInMs)
  const rows = await sql.query(PUT, key, bytes, version, ifVersion ?? null, forMs)
  const [{ written }] = writtenSchema.parse(rows)
  return written ? version : undefined
}
