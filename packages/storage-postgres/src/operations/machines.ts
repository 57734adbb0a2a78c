import type { Machine, MachinePage, MachinePatch, NewMachine } from '@cscapi/core'
import { type CredentialRow, credentialChanges, toMachine } from '@cscapi/storage-sql'
import * as z from 'zod'
import type { Database, Sql } from '../database.js'
import { postgresError } from '../errors.js'
import { isLeased } from '../live-lease.js'
import { recordChange } from '../pending-changes.js'

export async function getMachine(database: Database, machineId: string): Promise<Machine | undefined> {
  const [now, row] = await Promise.all([database.now('getMachine'), findCredential(database, 'getMachine', machineId)])
  return row && toMachine('postgres', machineId, row, now)
}

export async function findCredential(
  database: Database,
  operation: string,
  machineId: string,
): Promise<CredentialRow | undefined> {
  const row = await database.models(operation, ({ credential }) => credential.findUnique({ where: { machineId } }))
  return row ?? undefined
}

/** Inside a transaction. */
export async function createMachine(sql: Sql, { machineId, password }: NewMachine): Promise<void> {
  await sql.execute('INSERT INTO @.machines (machine_id) VALUES ($1) ON CONFLICT (machine_id) DO NOTHING', machineId)
  const insert = 'INSERT INTO @.credentials (machine_id, password) VALUES ($1, $2) ON CONFLICT (machine_id) DO NOTHING'
  await sql.execute(insert, machineId, password)
}

/** Inside a transaction. */
export async function updateMachine(sql: Sql, machineId: string, patch: MachinePatch): Promise<void> {
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

/** An unleased partition that is awake is due when the machine is to be tried again. */
async function moveDueTime(sql: Sql, machineId: string, retryAfterMs: number): Promise<void> {
  const until = retryAfterMs > 0 ? '@now + $2::bigint' : '0 * $2::bigint'
  const stays = `(due_at IS NULL OR ${isLeased('m')})`
  const move = `UPDATE @.machines m SET failing_until = ${until}, failing_put_at = @now,
    due_at = CASE WHEN ${stays} THEN due_at ELSE @now + $2::bigint END, put_at = CASE WHEN ${stays} THEN put_at ELSE @now END,
    lease_until = CASE WHEN ${stays} THEN lease_until ELSE least(lease_until, @now) END
    WHERE machine_id = $1`
  await sql.execute(move, machineId, retryAfterMs)
}

export async function listMachines(
  database: Database,
  { after, limit = 100, failing }: { after?: string; limit?: number; failing?: boolean },
): Promise<MachinePage> {
  const [now, rows] = await Promise.all([
    database.now('listMachines'),
    database.models('listMachines', ({ credential }) =>
      credential.findMany({
        where: {
          ...(after !== undefined && { machineId: { gt: after } }),
          ...(failing !== undefined && { failingReason: failing ? { not: null } : null }),
        },
        orderBy: { machineId: 'asc' },
        take: limit + 1,
      }),
    ),
  ])
  const machines = rows.slice(0, limit).map((row) => toMachine('postgres', row.machineId, row, now))
  return { machines, next: rows.length > limit ? machines.at(-1)?.machineId : undefined }
}

const KEEP_TOTAL = `INSERT INTO @.totals (name, value)
  SELECT 'sent', sum(sent) FROM @.machines WHERE id = ANY($1::bigint[]) HAVING sum(sent) > 0
  ON CONFLICT (name) DO UPDATE SET value = totals.value + excluded.value`

/** Inside a transaction. */
export async function deleteMachines(sql: Sql, machineIds: readonly string[]): Promise<number> {
  const find = 'SELECT id FROM @.machines WHERE machine_id = ANY($1::text[]) ORDER BY id FOR UPDATE'
  const ids = z
    .array(z.object({ id: z.coerce.string() }))
    .parse(await sql.query(find, machineIds))
    .map(({ id }) => id)
  const pending = `SELECT count(*) AS count FROM @.signals WHERE machine = ANY($1::bigint[]) AND state = 0`
  const [{ count }] = z.tuple([z.object({ count: z.coerce.number() })]).parse(await sql.query(pending, ids))
  await sql.execute(KEEP_TOTAL, ids)
  await sql.execute('DELETE FROM @.signals WHERE machine = ANY($1::bigint[])', ids)
  await sql.execute('DELETE FROM @.credentials WHERE machine_id = ANY($1::text[])', machineIds)
  if (count > 0) await recordChange(sql, -count)
  return sql.execute('DELETE FROM @.machines WHERE id = ANY($1::bigint[])', ids)
}
