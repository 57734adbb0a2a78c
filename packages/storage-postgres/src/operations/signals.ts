import type { QueueStats, SignalFilter, SignalPage } from '@cscapi/storage'
import { SIGNAL_STATES, toSignalPage } from '@cscapi/storage-sql'
import * as z from 'zod'
import type { Sql } from '../database.js'
import { FAILING_UNTIL, isAhead, isLeased, UNCHOSEN } from '../live-lease.js'
import { recordChange } from '../pending-changes.js'

/**
 * A signal under a live lease is its holder's; while a lease has none yet, each of the machine's
 * may become one.
 */
const HELD = `s.state = 0 AND ${isLeased('m')} AND (m.lease_seqs = '${UNCHOSEN}' OR s.seq = ANY(m.lease_seqs))`

const number = z.coerce.number()
const statsSchema = z.tuple([
  z.object({
    unsent: number,
    leased: number,
    sent: number,
    rejected: number,
    machines: number,
    failing: number,
    oldestPendingMs: number.nullable(),
  }),
])
const goneSchema = z.array(z.object({ machine: z.coerce.string(), state: number }))

/** Rows that are touched in some milliseconds. */
const RESET_SLICE = 2_000

/** Sums over machines, and one probe for each that is awake. */
const STATS = `
SELECT (SELECT coalesce(sum(change), 0) FROM @.pending_changes) AS unsent,
  (SELECT count(*) FROM (SELECT machine_id FROM @.machines UNION SELECT machine_id FROM @.credentials) AS known) AS machines,
  (SELECT count(*) FROM @.credentials WHERE failing_reason IS NOT NULL) AS failing,
  coalesce(sum(sent), 0) + coalesce((SELECT value FROM @.totals WHERE name = 'sent'), 0) AS sent, coalesce(sum(rejected), 0) AS rejected,
  coalesce(sum(CASE WHEN ${isLeased('m')} AND lease_seqs <> '${UNCHOSEN}' THEN cardinality(lease_seqs) ELSE 0 END), 0) AS leased,
  @now - min(CASE WHEN due_at IS NOT NULL THEN (SELECT changed_at FROM @.signals s WHERE s.machine = m.id AND s.state = 0 ORDER BY seq LIMIT 1) END)
    AS "oldestPendingMs"
FROM @.machines m`

export async function stats(sql: Sql): Promise<QueueStats> {
  const rows = await sql.query(STATS)
  const [{ unsent, leased, sent, rejected, machines, failing, oldestPendingMs }] = statsSchema.parse(rows)
  const oldest = oldestPendingMs === null ? undefined : Math.max(oldestPendingMs, 0)
  return { pending: unsent - leased, leased, sent, rejected, machines, failing, oldestPendingMs: oldest }
}

export async function listSignals(
  sql: Sql,
  filter: SignalFilter,
  { after = '0', limit = 100 }: { after?: string; limit?: number },
): Promise<SignalPage> {
  const select = `SELECT s.seq AS position, m.machine_id AS "machineId", s.uuid, s.payload, s.state, greatest(@now - s.changed_at, 0) AS "ageMs",
      s.reason, s.http_status AS "httpStatus"
    FROM @.signals s JOIN @.machines m ON m.id = s.machine
    WHERE ${matches(filter)} AND s.seq > $4::bigint ORDER BY s.seq LIMIT $1`
  return toSignalPage(await sql.query(select, ...valuesOf(filter, limit + 1), after), limit)
}

/**
 * Inside a transaction; the machines of what is deleted that might have to fall asleep are returned
 * with the count.
 */
export async function deleteSignals(
  sql: Sql,
  filter: SignalFilter,
  limit: number,
): Promise<{ count: number; emptied: string[] }> {
  const lock = `SELECT m.id FROM @.machines m WHERE EXISTS (SELECT 1 FROM @.signals s WHERE s.machine = m.id AND ${matches(filter)})
    AND $1 > 0 ORDER BY m.id FOR NO KEY UPDATE`
  await sql.query(lock, ...valuesOf(filter, limit))
  const remove = `DELETE FROM @.signals d USING (SELECT s.uuid, s.machine FROM @.signals s JOIN @.machines m ON m.id = s.machine
      WHERE ${matches(filter)} AND NOT (${HELD}) ORDER BY s.seq LIMIT $1) AS x
    WHERE d.uuid = x.uuid AND d.machine = x.machine RETURNING d.machine, d.state`
  const gone = goneSchema.parse(await sql.query(remove, ...valuesOf(filter, limit)))
  const pending = gone.filter(({ state }) => state === SIGNAL_STATES.pending)
  if (pending.length > 0) await recordChange(sql, -pending.length)
  for (const [id, count] of countByMachine(gone.filter(({ state }) => state === SIGNAL_STATES.rejected))) {
    await sql.execute('UPDATE @.machines SET rejected = rejected - $2 WHERE id = $1', id, count)
  }
  // A lease that ran out may be extended late: it must not count signals that are gone.
  const forget = `UPDATE @.machines m SET lease_seqs = coalesce((SELECT array_agg(held.seq) FROM unnest(m.lease_seqs) AS held (seq)
      WHERE held.seq = ANY('${UNCHOSEN}') OR EXISTS (SELECT 1 FROM @.signals s WHERE s.machine = m.id AND s.seq = held.seq AND s.state = 0)), '{}')
    WHERE id = ANY($1::bigint[]) AND lease_token IS NOT NULL`
  const emptied = [...countByMachine(pending).keys()]
  if (emptied.length > 0) await sql.execute(forget, emptied)
  if (filter.olderThanMs !== undefined && gone.length < limit) await ageFromNow(sql, filter)
  return { count: gone.length, emptied }
}

/**
 * Signals of a clock that was ahead age from now on, and not from when that time comes true. A
 * slice a call: there will be further calls.
 */
async function ageFromNow(sql: Sql, { olderThanMs: _, ...filter }: SignalFilter): Promise<void> {
  const reset = `UPDATE @.signals u SET changed_at = @now FROM (SELECT s.uuid, s.machine FROM @.signals s JOIN @.machines m ON m.id = s.machine
      WHERE ${matches(filter)} AND ${isAhead('s.changed_at')} ORDER BY s.seq LIMIT $1) AS x
    WHERE u.uuid = x.uuid AND u.machine = x.machine`
  await sql.execute(reset, ...valuesOf(filter, RESET_SLICE))
}

/** Inside a transaction. A requeued signal gets a new position: it is the newest of its machine. */
export async function requeueSignals(sql: Sql, filter: Omit<SignalFilter, 'status'>, limit: number): Promise<number> {
  const rejected: SignalFilter = { ...filter, status: 'rejected' }
  const lock = `SELECT m.id FROM @.machines m WHERE EXISTS (SELECT 1 FROM @.signals s WHERE s.machine = m.id AND ${matches(rejected)})
    AND $1 > 0 ORDER BY m.id FOR NO KEY UPDATE`
  await sql.query(lock, ...valuesOf(rejected, limit))
  const back = `UPDATE @.signals u SET state = 0, reason = NULL, http_status = NULL, changed_at = @now, seq = x.fresh
    FROM (SELECT uuid, machine, nextval(pg_get_serial_sequence('@.signals', 'seq')) AS fresh FROM (
      SELECT s.uuid, s.machine FROM @.signals s JOIN @.machines m ON m.id = s.machine
      WHERE ${matches(rejected)} ORDER BY s.seq LIMIT $1) AS oldest) AS x
    WHERE u.uuid = x.uuid AND u.machine = x.machine RETURNING u.machine, u.state`
  const rows = goneSchema.parse(await sql.query(back, ...valuesOf(rejected, limit)))
  if (rows.length > 0) await recordChange(sql, rows.length)
  const wake = `UPDATE @.machines SET rejected = rejected - $2, due_at = coalesce(due_at, greatest(@now, ${FAILING_UNTIL})),
    put_at = CASE WHEN due_at IS NULL THEN @now ELSE put_at END WHERE id = $1`
  for (const [id, count] of countByMachine(rows)) await sql.execute(wake, id, count)
  return rows.length
}

/**
 * The filter as SQL over {@link valuesOf}. States are written out, so that the partial indexes can
 * be used.
 */
function matches({ status, machineId, olderThanMs }: SignalFilter): string {
  const conditions = [
    status === undefined
      ? 'TRUE'
      : `s.state = ${SIGNAL_STATES[status]}${status === 'pending' ? '' : ' AND s.state > 0'}`,
  ]
  conditions.push(machineId === undefined ? '$2::text IS NULL' : 'm.machine_id = $2')
  conditions.push(olderThanMs === undefined ? '$3::bigint IS NULL' : 'least(s.changed_at, @now) <= @now - $3::bigint')
  return conditions.join(' AND ')
}

/** $1 limit, $2 machine, $3 age. */
function valuesOf({ machineId, olderThanMs }: SignalFilter, limit: number): unknown[] {
  return [limit, machineId ?? null, olderThanMs === undefined ? null : Math.round(olderThanMs)]
}

function countByMachine(rows: readonly { machine: string }[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { machine } of rows) counts.set(machine, (counts.get(machine) ?? 0) + 1)
  return counts
}
