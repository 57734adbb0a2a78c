import type { SignalLease } from '@cscapi/storage'
import type { Sql } from '../connect/sql.js'

const EXTEND =
  'UPDATE machines SET lease_until = ?1, due_at = ?1, put_at = ?4 WHERE machine_id = ?2 AND lease_token = ?3'

/** False when the lease was lost. */
export function extend(
  sql: Sql,
  { machineId, token }: Pick<SignalLease, 'machineId' | 'token'>,
  leaseMs: number,
  now: number,
): boolean {
  return sql.execute(EXTEND, now + leaseMs, machineId, token, now) > 0
}
