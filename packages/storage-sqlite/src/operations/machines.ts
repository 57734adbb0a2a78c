import type { Machine, MachinePage, MachinePatch, NewMachine } from '@cscapi/core'
import { turn } from '@cscapi/core'
import { credentialChanges, toMachine } from '@cscapi/storage-sql'
import * as z from 'zod'
import { isAhead } from '../clock.js'
import type { Sql } from '../connect/sql.js'
import type { SqlValue } from '../drivers/driver.js'
import { sqliteError } from '../errors.js'

const idsSchema = z.array(z.object({ id: z.number() }))

const COLUMNS = `c.password, c.registered, c.token, c.token_scenarios AS tokenScenarios, c.token_expires_at AS tokenExpiresAt,
  c.auth_failures AS authFailures, c.failing_reason AS failingReason, c.failing_message AS failingMessage,
  c.failing_count AS failingCount, c.failing_since AS failingSince, c.failing_retry_at AS failingRetryAt,
  c.token_put_at AS tokenPutAt, c.failing_put_at AS failingPutAt`

const text = z.string().nullable()
const instant = z.number().nullable()
const credentialSchema = z.object({
  password: z.string(),
  registered: z.number().transform(Boolean),
  token: text,
  tokenScenarios: text,
  tokenExpiresAt: instant,
  authFailures: z.number(),
  failingReason: text,
  failingMessage: text,
  failingCount: z.number(),
  failingSince: instant,
  failingRetryAt: instant,
  tokenPutAt: z.number(),
  failingPutAt: z.number(),
})
const credentialsSchema = z.array(credentialSchema)
const listedSchema = z.array(credentialSchema.extend({ machineId: z.string() }))

const FIND_ID = 'SELECT id FROM machines WHERE machine_id = ?1'

/** The key of a machine that has credentials or signals. */
export function machineIdOf(sql: Sql, machineId: string): number | undefined {
  return idsSchema.parse(sql.query(FIND_ID, machineId))[0]?.id
}

const GET = `SELECT ${COLUMNS} FROM credentials c WHERE c.machine = (${FIND_ID})`
const GET_BY_ID = `SELECT ${COLUMNS} FROM credentials c WHERE c.machine = ?1`

export function getMachine(sql: Sql, machineId: string, now: number): Machine | undefined {
  return readMachine(sql.query(GET, machineId), machineId, now)
}

/** The same by the machine's key. */
export function machineOf(sql: Sql, id: number, machineId: string, now: number): Machine | undefined {
  return readMachine(sql.query(GET_BY_ID, id), machineId, now)
}

function readMachine(rows: unknown, machineId: string, now: number): Machine | undefined {
  const [row] = credentialsSchema.parse(rows)
  return row && toMachine('sqlite', machineId, row, now)
}

export function createMachine(sql: Sql, { machineId, password }: NewMachine): void {
  sql.execute('INSERT INTO machines (machine_id) VALUES (?1) ON CONFLICT (machine_id) DO NOTHING', machineId)
  const insert = `INSERT INTO credentials (machine, password) SELECT id, ?2 FROM machines WHERE machine_id = ?1 ON CONFLICT (machine) DO NOTHING`
  sql.execute(insert, machineId, password)
}

export function updateMachine(sql: Sql, machineId: string, patch: MachinePatch, now: number): void {
  const find = 'SELECT c.machine AS id FROM credentials c JOIN machines m ON m.id = c.machine WHERE m.machine_id = ?1'
  const [row] = idsSchema.parse(sql.query(find, machineId))
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
    sql.execute(`UPDATE credentials SET ${set} WHERE machine = ?1`, row.id, ...values)
  }
  const { failing } = patch
  if (failing !== undefined)
    moveDueTime(sql, row.id, failing === null ? undefined : Math.round(now + failing.retryAfterMs), now)
}

const toBindable = (value: string | number | boolean | null) => (typeof value === 'boolean' ? Number(value) : value)

function moveDueTime(sql: Sql, id: number, failingUntil: number | undefined, now: number): void {
  const since = failingUntil === undefined ? 'NULL' : 'coalesce(min(failing_since, ?2), ?2)'
  sql.execute(`UPDATE credentials SET failing_since = ${since} WHERE machine = ?1 AND ?2 = ?2`, id, now)
  const stays = `(due_at IS NULL OR (lease_token IS NOT NULL AND lease_until > ?3 AND NOT ${isAhead('put_at', '?3')}))`
  const move = `UPDATE machines SET failing_until = ?2, failing_put_at = ?3,
    due_at = CASE WHEN ${stays} THEN due_at ELSE max(?2, ?3) END, put_at = CASE WHEN ${stays} THEN put_at ELSE ?3 END
    WHERE id = ?1`
  sql.execute(move, id, failingUntil ?? 0, now)
}

export function listMachines(
  sql: Sql,
  { after, limit = 100, failing }: { after?: string; limit?: number; failing?: boolean },
  now: number,
): MachinePage {
  const conditions = ['1 = 1']
  if (after !== undefined) conditions.push('m.machine_id > ?2')
  if (failing !== undefined) conditions.push(`c.failing_reason IS ${failing ? 'NOT NULL' : 'NULL'}`)
  const select = `SELECT m.machine_id AS machineId, ${COLUMNS} FROM machines m JOIN credentials c ON c.machine = m.id
    WHERE ${conditions.join(' AND ')} ORDER BY m.machine_id LIMIT ?1`
  const rows = listedSchema.parse(sql.query(select, limit + 1, ...(after === undefined ? [] : [after])))
  const machines = rows.slice(0, limit).map((row) => toMachine('sqlite', row.machineId, row, now))
  return { machines, next: rows.length > limit ? machines.at(-1)?.machineId : undefined }
}

const KEEP_TOTAL = `INSERT INTO totals (name, value)
  SELECT 'sent', coalesce(sum(sent), 0) FROM machines WHERE id IN (SELECT value FROM json_each(?1)) HAVING true
  ON CONFLICT (name) DO UPDATE SET value = value + excluded.value`

export async function deleteMachines(sql: Sql, machineIds: readonly string[]): Promise<number> {
  const find = 'SELECT id FROM machines WHERE machine_id IN (SELECT value FROM json_each(?1))'
  const rows = idsSchema.parse(sql.query(find, JSON.stringify(machineIds)))
  const ids = JSON.stringify(rows.map(({ id }) => id))
  sql.execute(KEEP_TOTAL, ids)
  await deleteTheirSignals(sql, ids)
  sql.execute('DELETE FROM credentials WHERE machine IN (SELECT value FROM json_each(?1))', ids)
  return sql.execute('DELETE FROM machines WHERE id IN (SELECT value FROM json_each(?1))', ids)
}

/** Signals that are looked at in some milliseconds. */
const SLICE = 2_000

/** Walks over all signals once, since no index has those of a machine in every state. */
async function deleteTheirSignals(sql: Sql, ids: string): Promise<void> {
  const remove = 'DELETE FROM signals WHERE id >= ?1 AND id < ?2 AND machine IN (SELECT value FROM json_each(?3))'
  for (let from: number | undefined = 0; from !== undefined; ) {
    const [next] = idsSchema.parse(
      sql.query('SELECT id FROM signals WHERE id >= ?1 ORDER BY id LIMIT 1 OFFSET ?2', from, SLICE),
    )
    sql.execute(remove, from, next?.id ?? Number.MAX_SAFE_INTEGER, ids)
    from = next?.id
    await turn()
  }
}
