import type { LeaseResult, SignalLease } from '@cscapi/storage'
import * as z from 'zod'
import type { Database, Sql } from '../connect/database.js'
import { bool } from '../connect/text-results.js'
import { FAILING_UNTIL } from './live-lease.js'
import { afterwards, recordChange, sumUp } from './pending-changes.js'

const HOLDER = `
SELECT id, lease_seqs AS seqs FROM @.machines WHERE machine_id = $1 AND lease_token = $2 FOR NO KEY UPDATE`

/** A list may not be able to hold NULL: see `array_nulls`. */
const NO_STATUS = 0

const LEASED = 's.machine = $1 AND s.state = 0 AND s.seq = ANY($2::bigint[])'
const DELETE_SENT = `DELETE FROM @.signals s WHERE ${LEASED} AND s.uuid = ANY($3::text[])`
const KEEP_SENT = `UPDATE @.signals s SET state = 2, changed_at = @now WHERE ${LEASED} AND s.uuid = ANY($3::text[])`
const REJECT = `
UPDATE @.signals s SET state = 1, changed_at = @now, reason = r.reason, http_status = nullif(r.status, ${NO_STATUS})
FROM unnest($3::text[], $4::text[], $5::int[]) AS r (uuid, reason, status) WHERE ${LEASED} AND s.uuid = r.uuid`

/** Due again at once or after the delay. Falling asleep is another transaction's matter. */
const RELEASE = `
UPDATE @.machines m SET
  lease_token = NULL, lease_until = 0, lease_seqs = '{}', sent = sent + $2, rejected = rejected + $3,
  attempts = CASE WHEN $2 + $3 > 0 THEN 0 ELSE attempts END + $4,
  attempts_since = CASE WHEN $4 = 0 OR (attempts > 0 AND $2 + $3 = 0) THEN least(attempts_since, @now) ELSE @now END,
  put_at = @now, due_at = greatest(@now + $5, ${FAILING_UNTIL})
WHERE id = $1 RETURNING EXISTS (SELECT 1 FROM @.signals s WHERE s.machine = m.id AND s.state = 0) AS "hasMore"`

const holderSchema = z.array(z.object({ id: z.coerce.string(), seqs: z.string() })).max(1)
const releasedSchema = z.tuple([z.object({ hasMore: bool })])

/** Writes down what became of the leased signals and ends the lease. */
export async function settle(
  database: Database,
  held: Pick<SignalLease, 'machineId' | 'token'>,
  result: LeaseResult,
): Promise<{ lost: boolean }> {
  const released = await database.transaction('settle', (sql) => release(sql, held, result))
  if (released === undefined) return { lost: true }
  if (!released.hasMore) await fallAsleep(database, released.id)
  if (released.isSumDue) await sumUp(database)
  return { lost: false }
}

interface Released {
  readonly id: string
  readonly hasMore: boolean
  readonly isSumDue: boolean
}

async function release(
  sql: Sql,
  { machineId, token }: Pick<SignalLease, 'machineId' | 'token'>,
  { sent = [], keepSent = false, rejected = [], retry }: LeaseResult,
): Promise<Released | undefined> {
  const [holder] = holderSchema.parse(await sql.query(HOLDER, machineId, token))
  if (holder === undefined) return undefined
  const { id, seqs } = holder
  const sentCount = sent.length === 0 ? 0 : await sql.execute(keepSent ? KEEP_SENT : DELETE_SENT, id, seqs, sent)
  const rejectedCount =
    rejected.length === 0
      ? 0
      : await sql.execute(
          REJECT,
          id,
          seqs,
          rejected.map(({ uuid }) => uuid),
          rejected.map(({ reason }) => reason),
          rejected.map(({ status }) => status ?? NO_STATUS),
        )
  const gone = sentCount + rejectedCount
  const isSumDue = gone > 0 && (await recordChange(sql, -gone))
  const attempt = retry !== undefined && retry.countsAsAttempt !== false ? 1 : 0
  const delay = Math.ceil(retry?.afterMs ?? 0)
  const values = [id, sentCount, rejectedCount, attempt, delay]
  const [{ hasMore }] = releasedSchema.parse(await sql.query(typed(RELEASE), ...values))
  return { id, hasMore, isSumDue }
}

/** The driver sends numbers as text, and arithmetic needs a type. */
const typed = (text: string) => text.replace(/\$([2-5])/g, '$$$1::bigint')

/**
 * Puts a machine without pending signals to sleep. First the lock, which waits for signals that are
 * just being added, then a statement that sees them: in one statement the view would be older than
 * the lock, and such a signal would sleep for ever.
 */
export function fallAsleep(database: Database, id: string): Promise<void> {
  return afterwards(() =>
    database.transaction('settle', async (sql) => {
      await sql.query('SELECT id FROM @.machines WHERE id = $1 FOR UPDATE', id)
      await sql.execute(
        `UPDATE @.machines m SET due_at = NULL WHERE id = $1 AND lease_token IS NULL
         AND NOT EXISTS (SELECT 1 FROM @.signals s WHERE s.machine = m.id AND s.state = 0)`,
        id,
      )
    }),
  )
}
