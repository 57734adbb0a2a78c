import type { SignalFilter } from '@cscapi/storage'
import type { Sql } from '../connect/database.js'
import { changedSchema, countByMachine, lockMachines, matches, valuesOf } from './filter.js'
import { FAILING_UNTIL } from './live-lease.js'
import { recordChange } from './pending-changes.js'

/**
 * Makes rejected signals pending again, inside a transaction. Each gets a new position: it is the
 * newest of its machine.
 */
export async function requeueSignals(sql: Sql, filter: Omit<SignalFilter, 'status'>, limit: number): Promise<number> {
  const rejected: SignalFilter = { ...filter, status: 'rejected' }
  await lockMachines(sql, rejected)
  const back = `UPDATE @.signals u SET state = 0, reason = NULL, http_status = NULL, changed_at = @now, seq = x.fresh
    FROM (SELECT uuid, machine, nextval(pg_get_serial_sequence('@.signals', 'seq')) AS fresh FROM (
      SELECT s.uuid, s.machine FROM @.signals s JOIN @.machines m ON m.id = s.machine
      WHERE ${matches(rejected)} ORDER BY s.seq LIMIT $1) AS oldest) AS x
    WHERE u.uuid = x.uuid AND u.machine = x.machine RETURNING u.machine, u.state`
  const rows = changedSchema.parse(await sql.query(back, ...valuesOf(rejected, limit)))
  if (rows.length > 0) await recordChange(sql, rows.length)
  const wake = `UPDATE @.machines SET rejected = rejected - $2, due_at = coalesce(due_at, greatest(@now, ${FAILING_UNTIL})),
    put_at = CASE WHEN due_at IS NULL THEN @now ELSE put_at END WHERE id = $1`
  for (const [id, count] of countByMachine(rows)) await sql.execute(wake, id, count)
  return rows.length
}
