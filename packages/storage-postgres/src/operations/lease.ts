import { randomUUID } from 'node:crypto'
import type { LeaseRequest, SignalLease } from '@cscapi/storage'
import { toMachine } from '@cscapi/storage-sql'
import * as z from 'zod'
import type { Database } from '../connect/database.js'
import { readCredentials } from './credentials.js'
import { isAhead, UNCHOSEN } from './live-lease.js'

/**
 * One statement: takes a machine whose time was written by a clock that has been put back since, or
 * else the one that has been due longest, past those that others are just taking. Materialized, or
 * the planner may look for one anew for each row that it joins with. The time is asked for once, so
 * that the index ends the search, not a filter over all that wait; the sums keep the planner from a
 * second search.
 */
const TAKE = `
WITH clock AS MATERIALIZED (SELECT @now AS now),
ahead AS MATERIALIZED (
  SELECT id FROM @.machines WHERE due_at IS NOT NULL AND ${isAhead('put_at', '(SELECT now FROM clock)')}
  ORDER BY put_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
due AS MATERIALIZED (
  SELECT id FROM @.machines WHERE due_at <= (SELECT now FROM clock) AND NOT EXISTS (SELECT 1 FROM ahead)
  ORDER BY due_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
UPDATE @.machines m SET lease_token = $1, lease_until = now + $2::bigint, due_at = now + $2::bigint, put_at = now,
  lease_seqs = '${UNCHOSEN}', attempts_since = least(m.attempts_since, now)
FROM clock, (SELECT id FROM ahead UNION ALL SELECT id FROM due) AS found
WHERE m.id = found.id AND (m.due_at + 0 <= now OR ${isAhead('m.put_at + 0', 'now')})
RETURNING m.id, m.machine_id AS "machineId", m.attempts, now - m.attempts_since AS "attemptsForMs", now`

/**
 * A statement of its own, and so a later view of the signals: one view for both could show signals
 * that the last holder deleted while the lock was waited for.
 */
const HOLD = `
WITH first AS MATERIALIZED (SELECT * FROM @.first_pending($1, $2)),
held AS (UPDATE @.machines SET lease_seqs = coalesce((SELECT array_agg(seq) FROM first), '{}')
  WHERE id = $1 AND lease_token = $3 RETURNING id)
SELECT first.uuid, first.payload FROM first, held ORDER BY first.seq`

const takenSchema = z
  .array(
    z.object({
      id: z.coerce.string(),
      machineId: z.string(),
      attempts: z.coerce.number(),
      attemptsForMs: z.coerce.number(),
      now: z.coerce.number(),
    }),
  )
  .max(1)
const signalsSchema = z.array(z.object({ uuid: z.string(), payload: z.string() }))

export async function lease(
  database: Database,
  { leaseMs, maxSignals }: LeaseRequest,
): Promise<SignalLease | undefined> {
  const token = randomUUID()
  const rows = await database.run('lease', (sql) => sql.query(TAKE, token, Math.ceil(leaseMs)))
  const [taken] = takenSchema.parse(rows)
  if (taken === undefined) return undefined
  const { id, machineId, attempts, attemptsForMs, now } = taken
  const signals = signalsSchema.parse(await database.run('lease', (sql) => sql.query(HOLD, id, maxSignals, token)))
  const credentials = await database.run('lease', (sql) => readCredentials(sql, machineId))
  return {
    machineId,
    token,
    machine: credentials && toMachine('postgres', machineId, credentials, now),
    signals,
    attempts,
    attemptsForMs: attempts === 0 ? 0 : attemptsForMs,
  }
}
