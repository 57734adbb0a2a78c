import type { SignalFilter } from '@cscapi/storage'
import { SIGNAL_STATES } from '@cscapi/storage-sql'
import type { SqlValue } from '../drivers/driver.js'

/**
 * The filter as SQL over {@link valuesOf}. States are written out, so that the partial indexes can
 * be used.
 */
export function matches({ status, machineId, olderThanMs }: SignalFilter): string {
  const conditions = ['1 = 1']
  if (status === 'pending') conditions.push('s.state = 0')
  else if (status !== undefined) conditions.push(`s.state = ${SIGNAL_STATES[status]} AND s.state > 0`)
  if (machineId !== undefined) conditions.push('s.machine = (SELECT id FROM machines WHERE machine_id = ?3)')
  if (olderThanMs !== undefined) conditions.push('min(s.changed_at, ?1) <= ?4')
  return conditions.join(' AND ')
}

/** ?1 now, ?2 limit, ?3 machine, ?4 changed before. */
export function valuesOf({ machineId, olderThanMs }: SignalFilter, limit: number, now: number): SqlValue[] {
  return [now, limit, machineId ?? null, now - (olderThanMs ?? 0)]
}
