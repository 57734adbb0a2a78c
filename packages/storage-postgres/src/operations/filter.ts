import type { SignalFilter } from '@cscapi/storage'
import { SIGNAL_STATES } from '@cscapi/storage-sql'
import * as z from 'zod'
import type { Sql } from '../connect/database.js'

/** Whose signals were changed, and which state they have, or had when they were deleted. */
export const changedSchema = z.array(z.object({ machine: z.coerce.string(), state: z.coerce.number() }))

/** Locks the machines whose signals match, always in the same order. */
export async function lockMachines(sql: Sql, filter: SignalFilter): Promise<void> {
  const lock = `SELECT m.id FROM @.machines m WHERE EXISTS (SELECT 1 FROM @.signals s WHERE s.machine = m.id AND ${matches(filter)})
    AND $1 > 0 ORDER BY m.id FOR NO KEY UPDATE`
  await sql.query(lock, ...valuesOf(filter, 1))
}

/**
 * Writes the filter as SQL over {@link valuesOf}. States are written out, so that the partial
 * indexes can be used.
 */
export function matches({ status, machineId, olderThanMs }: SignalFilter): string {
  const conditions = [
    status === undefined
      ? 'TRUE'
      : `s.state = ${SIGNAL_STATES[status]}${status === 'pending' ? '' : ' AND s.state > 0'}`,
  ]
  conditions.push(machineId === undefined ? '$2::text IS NULL' : 'm.machine_id = $2')
  conditions.push(olderThanMs === undefined ? '$3::bigint IS NULL' : 'least(s.changed_at, @now) <= @now - $3::bigint')
  return conditions.join(' AND ')
}

/** Gives $1, the limit; $2, the machine; $3, the age. */
export function valuesOf({ machineId, olderThanMs }: SignalFilter, limit: number): unknown[] {
  return [limit, machineId ?? null, olderThanMs === undefined ? null : Math.round(olderThanMs)]
}

export function countByMachine(rows: readonly { machine: string }[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { machine } of rows) counts.set(machine, (counts.get(machine) ?? 0) + 1)
  return counts
}
