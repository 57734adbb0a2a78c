import type { Machine, MachinePage, MachinePatch, NewMachine } from '@cscapi/core'
import { turn } from '@cscapi/core'
import { credentialChanges, toMachine } from '@cscapi/storage-sql'
import * as z from 'zod'
import { isAhead } from '../clock.js'
import type { Sql, SqlValue } from '../database.js'
import { sqliteError } from '../errors.js'

const idsSchema = z.array(z.object({ id: z.coerce.number() }))

export async function getMachine({ prisma }: Sql, machineId: string, now: number): Promise<Machine | undefined> {
  const row = await prisma.credential.findFirst({ where: { of: { machineId } } })
  return row === null ? undefined : toMachine('sqlite', machineId, row, now)
}

export async function createMachine(sql: Sql, { machineId, password }: NewMachine): Promise<void> {
  await sql.execute('INSERT INTO machines (machine_id) VALUES (?1) ON CONFLICT (machine_id) DO NOTHING', machineId)
  const insert = `INSERT INTO credentials (machine, password) SELECT id, ?2 FROM machines WHERE machine_id = ?1 ON CONFLICT (machine) DO NOTHING`
  await sql.execute(insert, machineId, password)
}

export async function updateMachine(sql: Sql, machineId: string, patch: MachinePatch, now: number): Promise<void> {
  const find = 'SELECT c.machine AS id FROM credentials c JOIN machines m ON m.id = c.machine WHERE m.machine_id = ?1'
  const [row] = idsSchema.parse(await sql.query(find, machineId))
  if (row === undefined) throw sqliteError('storage_conflict', 'updateMachine', `There is no machine ${machineId}`)
  const changes = credentialChanges(patch)
  if (changes.length > 0) {
    const columns = changes.flatMap((change): [string, SqlValue][] =>
      'inMs' in change
        ? [
            [change.column, now + change.inMs],
            [change.putColumn, now],
          ]
        : [[change.column, toBindable(change.value)]],
    )
    const set = columns.map(([column], index) => `${column} = ?${index + 2}`).join(', ')
    const values = columns.map(([, value]) => value)
    await sql.execute(`UPDATE credentials SET ${set} WHERE machine = ?1`, row.id, ...values)
  }
  const { failing } = patch
  if (failing !== undefined)
    await moveDueTime(sql, row.id, failing === null ? undefined : Math.round(now + failing.retryAfterMs), now)
}

const toBindable = (value: string | number | boolean | null) => (typeof value === 'boolean' ? Number(value) : value)

async function moveDueTime(sql: Sql, id: number, failingUntil: number | undefined, now: number): Promise<void> {
  const since = failingUntil === undefined ? 'NULL' : 'coalesce(min(failing_since, ?2), ?2)'
  await sql.execute(`UPDATE credentials SET failing_since = ${since} WHERE machine = ?1 AND ?2 = ?2`, id, now)
  const stays = `(due_at IS NULL OR (lease_token IS NOT NULL AND lease_until > ?3 AND NOT ${isAhead('put_at', '?3')}))`
  const move = `UPDATE machines SET failing_until = ?2, failing_put_at = ?3,
    due_at = CASE WHEN ${stays} THEN due_at ELSE max(?2, ?3) END, put_at = CASE WHEN ${stays} THEN put_at ELSE ?3 END
    WHERE id = ?1`
  await sql.execute(move, id, failingUntil ?? 0, now)
}

export async function listMachines(
  { prisma }: Sql,
  { after, limit = 100, failing }: { after?: string; limit?: number; failing?: boolean },
  now: number,
): Promise<MachinePage> {
  const rows = await prisma.credential.findMany({
    where: {
      ...(after !== undefined && { of: { machineId: { gt: after } } }),
      ...(failing !== undefined && { failingReason: failing ? { not: null } : null }),
    },
    include: { of: { select: { machineId: true } } },
    orderBy: { of: { machineId: 'asc' } },
    take: limit + 1,
  })
  const machines = rows.slice(0, limit).map((row) => toMachine('sqlite', row.of.machineId, row, now))
  return { machines, next: rows.length > limit ? machines.at(-1)?.machineId : undefined }
}

const KEEP_TOTAL = `INSERT INTO totals (name, value)
  SELECT 'sent', coalesce(sum(sent), 0) FROM machines WHERE id IN (SELECT value FROM json_each(?1)) HAVING true
  ON CONFLICT (name) DO UPDATE SET value = value + excluded.value`

export async function deleteMachines(sql: Sql, machineIds: readonly string[]): Promise<number> {
  const find = 'SELECT id FROM machines WHERE machine_id IN (SELECT value FROM json_each(?1))'
  const rows = idsSchema.parse(await sql.query(find, JSON.stringify(machineIds)))
  const ids = JSON.stringify(rows.map(({ id }) => id))
  await sql.execute(KEEP_TOTAL, ids)
  await deleteTheirSignals(sql, ids)
  await sql.execute('DELETE FROM credentials WHERE machine IN (SELECT value FROM json_each(?1))', ids)
  return sql.execute('DELETE FROM machines WHERE id IN (SELECT value FROM json_each(?1))', ids)
}

/** Signals that are looked at in some milliseconds. */
const SLICE = 2_000

/** Walks over all signals once, since no index has those of a machine in every state. */
async function deleteTheirSignals(sql: Sql, ids: string): Promise<void> {
  const remove = 'DELETE FROM signals WHERE id >= ?1 AND id < ?2 AND machine IN (SELECT value FROM json_each(?3))'
  for (let from: number | undefined = 0; from !== undefined; ) {
    const [next] = idsSchema.parse(
      await sql.query('SELECT id FROM signals WHERE id >= ?1 ORDER BY id LIMIT 1 OFFSET ?2', from, SLICE),
    )
    await sql.execute(remove, from, next?.id ?? Number.MAX_SAFE_INTEGER, ids)
    from = next?.id
    await turn()
  }
}
