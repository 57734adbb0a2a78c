import type { SignalLease } from '@cscapi/storage'
import type { Database } from '../connect/database.js'

/** Says false when the lease was lost. */
export async function extend(
  database: Database,
  { machineId, token }: Pick<SignalLease, 'machineId' | 'token'>,
  leaseMs: number,
): Promise<boolean> {
  const text =
    'UPDATE @.machines SET lease_until = @now + $1::bigint, due_at = @now + $1::bigint, put_at = @now WHERE machine_id = $2 AND lease_token = $3'
  return (await database.run((sql) => sql.execute(text, Math.ceil(leaseMs), machineId, token))) > 0
}
