import type { SignalFilter } from '@cscapi/storage'
import { SIGNAL_STATES } from '@cscapi/storage-sql'
import type { Database, Sql } from '../connect/database.js'
import { changedSchema, countByMachine, lockMachines, matches, valuesOf } from './filter.js'
import { isAhead, isLeased } from './live-lease.js'
import { recordChange } from './pending-changes.js'
import { fallAsleep } from './settle.js'

/** A signal under a live lease is its holder's. */
const HELD = `s.state = 0 AND ${isLeased('m')} AND s.seq = ANY(m.lease_seqs)`

/** Rows that are touched in some milliseconds. */
const RESET_SLICE = 2_000

export async function deleteSignals(database: Database, filter: SignalFilter, limit: number): Promise<number> {
  const { count, emptied } = await database.transaction((sql) => deleteSome(sql, filter, limit))
  for (const id of emptied) await fallAsleep(database, id)
  return count
}

/**
 * Deletes inside a transaction, and returns with the count the machines that might have to fall
 * asleep.
 */
async function deleteSome(
  sql: Sql,
  filter: SignalFilter,
  limit: number,
): Promise<{ count: number; emptied: string[] }> {
  await lockMachines(sql, filter)
  const remove = `DELETE FROM @.signals d USING (SELECT s.uuid, s.machine FROM @.signals s JOIN @.machines m ON m.id = s.machine
      WHERE ${matches(filter)} AND NOT (${HELD}) ORDER BY s.seq LIMIT $1) AS x
    WHERE d.uuid = x.uuid AND d.machine = x.machine RETURNING d.machine, d.state`
  const gone = changedSchema.parse(await sql.query(remove, ...valuesOf(filter, limit)))
  const pending = gone.filter(({ state }) => state === SIGNAL_STATES.pending)
  if (pending.length > 0) await recordChange(sql, -pending.length)
  for (const [id, count] of countByMachine(gone.filter(({ state }) => state === SIGNAL_STATES.rejected))) {
    await sql.execute('UPDATE @.machines SET rejected = rejected - $2 WHERE id = $1', id, count)
  }
  // A lease that ran out may be extended late: it must not count signals that are gone.
  const forget = `UPDATE @.machines m SET lease_seqs = coalesce((SELECT array_agg(held.seq) FROM unnest(m.lease_seqs) AS held (seq)
      WHERE EXISTS (SELECT 1 FROM @.signals s WHERE s.machine = m.id AND s.seq = held.seq AND s.state = 0)), '{}')
    WHERE id = ANY($1::bigint[]) AND lease_token IS NOT NULL`
  const emptied = [...countByMachine(pending).keys()]
  if (emptied.length > 0) await sql.execute(forget, emptied)
  if (filter.olderThanMs !== undefined && gone.length < limit) await ageFromNow(sql, filter)
  return { count: gone.length, emptied }
}

/**
 * Lets signals of a clock that was ahead age from now on, and not from when that time comes true. A
 * slice a call: there will be further calls.
 */
async function ageFromNow(sql: Sql, { olderThanMs: _, ...filter }: SignalFilter): Promise<void> {
  const reset = `UPDATE @.signals u SET changed_at = @now FROM (SELECT s.uuid, s.machine FROM @.signals s JOIN @.machines m ON m.id = s.machine
      WHERE ${matches(filter)} AND ${isAhead('s.changed_at')} ORDER BY s.seq LIMIT $1) AS x
    WHERE u.uuid = x.uuid AND u.machine = x.machine`
  await sql.execute(reset, ...valuesOf(filter, RESET_SLICE))
}
