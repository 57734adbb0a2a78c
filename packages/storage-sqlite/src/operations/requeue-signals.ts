import type { SignalFilter } from '@cscapi/storage'
import * as z from 'zod'
import { failingUntil } from '../clock.js'
import type { Sql } from '../connect/sql.js'
import { matches, valuesOf } from './filter.js'

const WAKE = `UPDATE machines SET pending = pending + ?2, rejected = rejected - ?2,
  due_at = coalesce(due_at, max(?3, ${failingUntil('?3')})), put_at = CASE WHEN due_at IS NULL THEN ?3 ELSE put_at END WHERE id = ?1`

const backSchema = z.array(z.object({ machine: z.number() }))

/** Inside a transaction. A requeued signal gets a new id: it is the newest of its machine. */
export function requeueSignals(sql: Sql, filter: Omit<SignalFilter, 'status'>, limit: number, now: number): number {
  const rejected: SignalFilter = { ...filter, status: 'rejected' }
  const requeue = `INSERT OR REPLACE INTO signals (machine, uuid, payload, changed_at)
    SELECT s.machine, s.uuid, s.payload, ?1 FROM signals s JOIN machines m ON m.id = s.machine
    WHERE ${matches(rejected)} ORDER BY s.id LIMIT ?2 RETURNING machine`
  const back = backSchema.parse(sql.query(requeue, ...valuesOf(rejected, limit, now)))
  for (const [id, count] of countByMachine(back)) sql.execute(WAKE, id, count, now)
  return back.length
}

function countByMachine(rows: readonly { machine: number }[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { machine } of rows) counts.set(machine, (counts.get(machine) ?? 0) + 1)
  return counts
}
