import type { MachinePatch } from '@cscapi/core'
import { credentialChanges } from '@cscapi/storage-sql'
import type { Database, Sql } from '../connect/database.js'
import { postgresError } from '../errors.js'
import { isLeased } from './live-lease.js'

/** Writes what the patch names: one statement, unless the machine's due time moves as well. */
export function updateMachine(database: Database, machineId: string, patch: MachinePatch): Promise<void> {
  const write = (sql: Sql) => writePatch(sql, machineId, patch)
  return patch.failing === undefined ? database.run(write) : database.transaction(write)
}

async function writePatch(sql: Sql, machineId: string, patch: MachinePatch): Promise<void> {
  const changes = credentialChanges(patch)
  const sets = changes.map((change, index) => {
    const parameter = `$${index + 2}`
    return 'inMs' in change
      ? `${change.column} = @now + ${parameter}::bigint, ${change.putColumn} = @now`
      : `${change.column} = ${parameter}`
  })
  const { failing } = patch
  if (failing !== undefined) sets.push(`failing_since = ${failing ? 'least(failing_since, @now)' : 'NULL'}`)
  // Also where nothing is to be set: it tells whether the machine is known.
  const set = sets.length > 0 ? sets.join(', ') : 'machine_id = machine_id'
  const values = changes.map((change) => ('inMs' in change ? change.inMs : change.value))
  const changed = await sql.execute(`UPDATE @.credentials SET ${set} WHERE machine_id = $1`, machineId, ...values)
  if (changed === 0) throw postgresError('storage_conflict', 'updateMachine', `There is no machine ${machineId}`)
  if (failing !== undefined) await moveDueTime(sql, machineId, failing === null ? 0 : Math.round(failing.retryAfterMs))
}

/** Makes an unleased partition that is awake due when the machine is to be tried again. */
async function moveDueTime(sql: Sql, machineId: string, retryAfterMs: number): Promise<void> {
  const until = retryAfterMs > 0 ? '@now + $2::bigint' : '0 * $2::bigint'
  const stays = `(due_at IS NULL OR ${isLeased('m')})`
  const move = `UPDATE @.machines m SET failing_until = ${until}, failing_put_at = @now,
    due_at = CASE WHEN ${stays} THEN due_at ELSE @now + $2::bigint END, put_at = CASE WHEN ${stays} THEN put_at ELSE @now END,
    lease_until = CASE WHEN ${stays} THEN lease_until ELSE least(lease_until, @now) END
    WHERE machine_id = $1`
  await sql.execute(move, machineId, retryAfterMs)
}
