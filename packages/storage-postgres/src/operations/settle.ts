import type { LeaseResult, SignalLease } from '@cscapi/storage'
import * as z from 'zod'
import type { Database } from '../connect/database.js'
import { bool } from '../connect/text-results.js'
import { afterwards, isTimeToSumUp, sumUp } from './pending-changes.js'

/**
 * The uuids of what was sent come joined by the token, which none of them holds: the driver writes
 * that faster than an array.
 */
const SETTLE = 'SELECT * FROM @.settle_lease($1, $2, string_to_array($3, $2), $4, $5, $6, $7, $8, $9, @clock)'

/** A list may not be able to hold NULL: see `array_nulls`. */
const NO_STATUS = 0

const settledSchema = z
  .array(z.object({ id: z.coerce.string(), has_more: bool, change_id: z.coerce.number().nullable() }))
  .max(1)

/** Writes down what became of the leased signals and ends the lease, in one statement. */
export async function settle(
  database: Database,
  { machineId, token }: Pick<SignalLease, 'machineId' | 'token'>,
  { sent = [], keepSent = false, rejected = [], retry }: LeaseResult,
): Promise<{ lost: boolean }> {
  const values = [
    machineId,
    token,
    sent.join(token),
    keepSent,
    rejected.map(({ uuid }) => uuid),
    rejected.map(({ reason }) => reason),
    rejected.map(({ status }) => status ?? NO_STATUS),
    retry !== undefined && retry.countsAsAttempt !== false ? 1 : 0,
    Math.ceil(retry?.afterMs ?? 0),
  ]
  const [settled] = settledSchema.parse(await database.run((sql) => sql.query(SETTLE, ...values)))
  if (settled === undefined) return { lost: true }
  if (!settled.has_more) await fallAsleep(database, settled.id)
  if (settled.change_id !== null && isTimeToSumUp(settled.change_id)) await sumUp(database)
  return { lost: false }
}

/**
 * Puts a machine without pending signals to sleep. First the lock, which waits for signals that are
 * just being added, then a statement that sees them: in one statement the view would be older than
 * the lock, and such a signal would sleep for ever.
 */
export function fallAsleep(database: Database, id: string): Promise<void> {
  return afterwards(() =>
    database.transaction(async (sql) => {
      await sql.query('SELECT id FROM @.machines WHERE id = $1 FOR UPDATE', id)
      await sql.execute(
        `UPDATE @.machines m SET due_at = NULL WHERE id = $1 AND lease_token IS NULL
         AND NOT EXISTS (SELECT 1 FROM @.signals s WHERE s.machine = m.id AND s.state = 0)`,
        id,
      )
    }),
  )
}
