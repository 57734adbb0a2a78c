import type { SignalFilter } from '@cscapi/storage'
import { SIGNAL_STATES } from '@cscapi/storage-sql'
import * as z from 'zod'
import { isAhead } from '../clock.js'
import type { Sql } from '../connect/sql.js'
import { matches, valuesOf } from './filter.js'

/** A signal under a live lease is its holder's. */
const HELD = `s.state = 0 AND m.lease_token IS NOT NULL AND m.lease_until > ?1 AND NOT ${isAhead('m.put_at', '?1')} AND s.id <= m.lease_last`

const DISCOUNT = `UPDATE machines SET pending = pending - ?2, rejected = rejected - ?3,
  held = held - (SELECT count(*) FROM json_each(?4) WHERE value <= lease_last),
  due_at = CASE WHEN lease_token IS NULL AND pending - ?2 = 0 THEN NULL ELSE due_at END WHERE id = ?1`

/** Rows that are touched in some milliseconds. */
const RESET_SLICE = 2_000

const goneSchema = z.array(z.object({ id: z.number(), machine: z.number(), state: z.number() }))

/** Inside a transaction. */
export function deleteSignals(sql: Sql, filter: SignalFilter, limit: number, now: number): number {
  const remove = `DELETE FROM signals WHERE id IN (SELECT s.id FROM signals s JOIN machines m ON m.id = s.machine
    WHERE ${matches(filter)} AND NOT (${HELD}) ORDER BY s.id LIMIT ?2) RETURNING id, machine, state`
  const gone = goneSchema.parse(sql.query(remove, ...valuesOf(filter, limit, now)))
  for (const id of new Set(gone.map(({ machine }) => machine))) {
    const own = gone.filter(({ machine }) => machine === id)
    const pending = own.filter(({ state }) => state === SIGNAL_STATES.pending).map((signal) => signal.id)
    const rejected = own.filter(({ state }) => state === SIGNAL_STATES.rejected).length
    sql.execute(DISCOUNT, id, pending.length, rejected, JSON.stringify(pending))
  }
  if (filter.olderThanMs !== undefined && gone.length < limit) ageFromNow(sql, filter, now)
  return gone.length
}

/**
 * Signals of a clock that was ahead age from now on, and not from when that time comes true. A
 * slice a call: there will be further calls.
 */
function ageFromNow(sql: Sql, { olderThanMs: _, ...filter }: SignalFilter, now: number): void {
  const reset = `UPDATE signals SET changed_at = ?1 WHERE id IN (SELECT s.id FROM signals s
    WHERE ${matches(filter)} AND ${isAhead('s.changed_at', '?1')} ORDER BY s.id LIMIT ?2)`
  sql.execute(reset, ...valuesOf(filter, RESET_SLICE, now))
}
