import { ageMs, type QueueStats, type SignalFilter, type SignalPage } from '@cscapi/storage'
import { SIGNAL_STATES, toSignalPage } from '@cscapi/storage-sql'
import * as z from 'zod'
import { failingUntil, isAhead } from '../clock.js'
import type { Sql, SqlValue } from '../database.js'

/** A signal under a live lease is its holder's. */
const HELD = `s.state = 0 AND m.lease_token IS NOT NULL AND m.lease_until > ?1 AND NOT ${isAhead('m.put_at', '?1')} AND s.id <= m.lease_last`

/** Rows that are touched in some milliseconds. */
const RESET_SLICE = 2_000

const number = z.coerce.number()
const statsSchema = z.tuple([
  z.object({
    pending: number,
    leased: number,
    sent: number,
    rejected: number,
    machines: number,
    failing: number,
    oldest: number.nullable(),
  }),
])
const goneSchema = z.array(z.object({ id: number, machine: number, state: number }))

/** Sums over machines, and one probe for each that is awake. */
const STATS = `
SELECT count(*) AS machines, coalesce(sum(pending - leased), 0) AS pending, coalesce(sum(leased), 0) AS leased,
  coalesce(sum(sent), 0) + coalesce((SELECT value FROM totals WHERE name = 'sent'), 0) AS sent, coalesce(sum(rejected), 0) AS rejected,
  (SELECT count(*) FROM credentials WHERE failing_reason IS NOT NULL) AS failing,
  (SELECT min((SELECT changed_at FROM signals WHERE machine = a.id AND state = 0 ORDER BY id LIMIT 1))
    FROM machines a WHERE a.due_at IS NOT NULL) AS oldest
FROM (SELECT pending, sent, rejected,
  CASE WHEN lease_token IS NOT NULL AND lease_until > ?1 AND NOT ${isAhead('put_at', '?1')} THEN min(held, pending) ELSE 0 END AS leased FROM machines)`

export async function stats(sql: Sql, now: number): Promise<QueueStats> {
  const [{ oldest, ...counts }] = statsSchema.parse(await sql.query(STATS, now))
  return { ...counts, oldestPendingMs: oldest === null ? undefined : ageMs(oldest, now) }
}

export async function listSignals(
  sql: Sql,
  filter: SignalFilter,
  { after = '0', limit = 100 }: { after?: string; limit?: number },
  now: number,
): Promise<SignalPage> {
  const select = `SELECT s.id AS position, m.machine_id AS machineId, s.uuid, s.payload, s.state, max(?1 - s.changed_at, 0) AS ageMs, s.reason, s.http_status AS httpStatus
    FROM signals s JOIN machines m ON m.id = s.machine WHERE ${matches(filter)} AND s.id > ?5 ORDER BY s.id LIMIT ?2`
  return toSignalPage(await sql.query(select, ...valuesOf(filter, limit + 1, now), Number(after)), limit)
}

/** Inside a transaction. */
export async function deleteSignals(sql: Sql, filter: SignalFilter, limit: number, now: number): Promise<number> {
  const remove = `DELETE FROM signals WHERE id IN (SELECT s.id FROM signals s JOIN machines m ON m.id = s.machine
    WHERE ${matches(filter)} AND NOT (${HELD}) ORDER BY s.id LIMIT ?2) RETURNING id, machine, state`
  const gone = goneSchema.parse(await sql.query(remove, ...valuesOf(filter, limit, now)))
  const discount = `UPDATE machines SET pending = pending - ?2, rejected = rejected - ?3,
    held = held - (SELECT count(*) FROM json_each(?4) WHERE value <= lease_last),
    due_at = CASE WHEN lease_token IS NULL AND pending - ?2 = 0 THEN NULL ELSE due_at END WHERE id = ?1`
  for (const id of new Set(gone.map(({ machine }) => machine))) {
    const own = gone.filter(({ machine }) => machine === id)
    const pending = own.filter(({ state }) => state === SIGNAL_STATES.pending).map((signal) => signal.id)
    const rejected = own.filter(({ state }) => state === SIGNAL_STATES.rejected).length
    await sql.execute(discount, id, pending.length, rejected, JSON.stringify(pending))
  }
  if (filter.olderThanMs !== undefined && gone.length < limit) await ageFromNow(sql, filter, now)
  return gone.length
}

/**
 * Signals of a clock that was ahead age from now on, and not from when that time comes true. A
 * slice a call: there will be further calls.
 */
async function ageFromNow(sql: Sql, { olderThanMs: _, ...filter }: SignalFilter, now: number): Promise<void> {
  const reset = `UPDATE signals SET changed_at = ?1 WHERE id IN (SELECT s.id FROM signals s
    WHERE ${matches(filter)} AND ${isAhead('s.changed_at', '?1')} ORDER BY s.id LIMIT ?2)`
  await sql.execute(reset, ...valuesOf(filter, RESET_SLICE, now))
}

/** Inside a transaction. A requeued signal gets a new id: it is the newest of its machine. */
export async function requeueSignals(
  sql: Sql,
  filter: Omit<SignalFilter, 'status'>,
  limit: number,
  now: number,
): Promise<number> {
  const rejected: SignalFilter = { ...filter, status: 'rejected' }
  const requeue = `INSERT OR REPLACE INTO signals (machine, uuid, payload, changed_at)
    SELECT s.machine, s.uuid, s.payload, ?1 FROM signals s JOIN machines m ON m.id = s.machine
    WHERE ${matches(rejected)} ORDER BY s.id LIMIT ?2 RETURNING id, machine, state`
  const back = goneSchema.parse(await sql.query(requeue, ...valuesOf(rejected, limit, now)))
  const wake = `UPDATE machines SET pending = pending + ?2, rejected = rejected - ?2,
    due_at = coalesce(due_at, max(?3, ${failingUntil('?3')})), put_at = CASE WHEN due_at IS NULL THEN ?3 ELSE put_at END WHERE id = ?1`
  for (const [id, count] of countByMachine(back)) await sql.execute(wake, id, count, now)
  return back.length
}

/**
 * The filter as SQL over {@link valuesOf}. States are written out, so that the partial indexes can
 * be used.
 */
function matches({ status, machineId, olderThanMs }: SignalFilter): string {
  const conditions = ['1 = 1']
  if (status === 'pending') conditions.push('s.state = 0')
  else if (status !== undefined) conditions.push(`s.state = ${SIGNAL_STATES[status]} AND s.state > 0`)
  if (machineId !== undefined) conditions.push('s.machine = (SELECT id FROM machines WHERE machine_id = ?3)')
  if (olderThanMs !== undefined) conditions.push('min(s.changed_at, ?1) <= ?4')
  return conditions.join(' AND ')
}

/** ?1 now, ?2 limit, ?3 machine, ?4 changed before. */
function valuesOf({ machineId, olderThanMs }: SignalFilter, limit: number, now: number): SqlValue[] {
  return [now, limit, machineId ?? null, now - (olderThanMs ?? 0)]
}

function countByMachine(rows: readonly { machine: number }[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { machine } of rows) counts.set(machine, (counts.get(machine) ?? 0) + 1)
  return counts
}
