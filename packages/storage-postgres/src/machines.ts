import type { FailingReason, Machine, MachinePage, MachinePatch, NewMachine } from '@cscapi/core'
import { z } from 'zod'
import type { Sql } from './database.js'
import { postgresError } from './errors.js'

const reasonSchema = z.enum([
  'credentials_refused',
  'machine_id_taken',
  'register_refused',
  'unauthorized',
]) satisfies z.ZodType<FailingReason>

const ms = z.coerce.number()

/** A machine with durations counted on the server's clock. */
export const credentialColumns = `machine_id AS "machineId", password, registered, auth_failures AS "authFailures", token,
  token_scenarios AS "scenarios", token_expires_at - @now AS "expiresInMs", failing_reason AS "reason", failing_message AS "message",
  failing_count AS "count", @now - failing_since AS "sinceMs", failing_retry_at - @now AS "retryInMs"`

export const credentialSchema = z.object({
  machineId: z.string(),
  password: z.string(),
  registered: z.boolean(),
  authFailures: z.number(),
  token: z.string().nullable(),
  scenarios: z.string().nullable(),
  expiresInMs: ms.nullable(),
  reason: reasonSchema.nullable(),
  message: z.string().nullable(),
  count: z.number(),
  sinceMs: ms.nullable(),
  retryInMs: ms.nullable(),
})

const scenariosSchema = z.array(z.string())

export function toMachine(row: z.infer<typeof credentialSchema>): Machine {
  const { machineId, password, registered, authFailures, token, scenarios, expiresInMs, reason } = row
  return {
    machineId,
    password,
    registered,
    authFailures,
    token:
      token === null
        ? undefined
        : {
            value: token,
            scenarios: scenariosSchema.parse(JSON.parse(scenarios ?? '[]')),
            expiresInMs: expiresInMs ?? undefined,
          },
    failing:
      reason === null
        ? undefined
        : {
            reason,
            message: row.message ?? undefined,
            count: row.count,
            sinceMs: row.sinceMs ?? 0,
            retryInMs: row.retryInMs ?? 0,
          },
  }
}

export async function getMachine(sql: Sql, machineId: string): Promise<Machine | undefined> {
  const rows = await sql.query(`SELECT ${credentialColumns} FROM @.credentials WHERE machine_id = $1`, machineId)
  const [row] = z.array(credentialSchema).parse(rows)
  return row && toMachine(row)
}

/** Inside a transaction. */
export async function createMachine(sql: Sql, { machineId, password }: NewMachine): Promise<void> {
  await sql.execute('INSERT INTO @.machines (machine_id) VALUES ($1) ON CONFLICT (machine_id) DO NOTHING', machineId)
  const insert = 'INSERT INTO @.credentials (machine_id, password) VALUES ($1, $2) ON CONFLICT (machine_id) DO NOTHING'
  await sql.execute(insert, machineId, password)
}

/** Inside a transaction. */
export async function updateMachine(sql: Sql, machineId: string, patch: MachinePatch): Promise<void> {
  const { registered, authFailures, token, failing } = patch
  const sets: string[] = ['machine_id = machine_id']
  const values: unknown[] = [machineId]
  const set = (column: string, value: unknown, expression = (parameter: string) => parameter) => {
    values.push(value)
    sets.push(`${column} = ${expression(`$${values.length}`)}`)
  }
  const fromNow = (parameter: string) => `@now + ${parameter}::bigint`
  if (registered) set('registered', true)
  if (authFailures !== undefined) set('auth_failures', authFailures)
  if (token !== undefined) {
    set('token', token?.value ?? null)
    set('token_scenarios', token ? JSON.stringify(token.scenarios) : null)
    set('token_expires_at', token?.lifetimeMs === undefined ? null : Math.round(token.lifetimeMs), fromNow)
  }
  if (failing !== undefined) {
    set('failing_reason', failing?.reason ?? null)
    set('failing_message', failing?.message ?? null)
    set('failing_count', failing?.count ?? 0)
    set('failing_retry_at', failing ? Math.round(failing.retryAfterMs) : null, fromNow)
    sets.push(`failing_since = ${failing ? 'coalesce(failing_since, @now)' : 'NULL'}`)
  }
  const changed = await sql.execute(`UPDATE @.credentials SET ${sets.join(', ')} WHERE machine_id = $1`, ...values)
  if (changed === 0) throw postgresError('storage_conflict', 'updateMachine', `There is no machine ${machineId}`)
  if (failing !== undefined) await moveDueTime(sql, machineId, failing === null ? 0 : Math.round(failing.retryAfterMs))
}

/** An unleased partition that is awake is due when the machine is to be tried again. */
async function moveDueTime(sql: Sql, machineId: string, retryAfterMs: number): Promise<void> {
  const until = retryAfterMs > 0 ? '@now + $2::bigint' : '0 * $2::bigint'
  const move = `UPDATE @.machines SET failing_until = ${until}, due_at = CASE
    WHEN due_at IS NULL OR (lease_token IS NOT NULL AND lease_until > @now) THEN due_at ELSE @now + $2::bigint END
    WHERE machine_id = $1`
  await sql.execute(move, machineId, retryAfterMs)
}

export async function listMachines(
  sql: Sql,
  { after = '', limit = 100, failing }: { after?: string; limit?: number; failing?: boolean },
): Promise<MachinePage> {
  const condition = failing === undefined ? '' : `AND failing_reason IS ${failing ? 'NOT NULL' : 'NULL'}`
  const select = `SELECT ${credentialColumns} FROM @.credentials WHERE machine_id COLLATE "C" > $1 ${condition}
    ORDER BY machine_id COLLATE "C" LIMIT $2`
  const rows = z.array(credentialSchema).parse(await sql.query(select, after, limit + 1))
  const machines = rows.slice(0, limit).map(toMachine)
  return { machines, next: rows.length > limit ? machines.at(-1)?.machineId : undefined }
}

/** Inside a transaction. */
export async function deleteMachines(sql: Sql, machineIds: readonly string[]): Promise<number> {
  const find = 'SELECT id FROM @.machines WHERE machine_id = ANY($1::text[]) ORDER BY id FOR UPDATE'
  const ids = z
    .array(z.object({ id: z.string() }))
    .parse(await sql.query(find, machineIds))
    .map(({ id }) => id)
  const pending = `SELECT count(*) AS count FROM @.signals WHERE machine = ANY($1::bigint[]) AND state = 0`
  const [{ count }] = z.tuple([z.object({ count: z.coerce.number() })]).parse(await sql.query(pending, ids))
  await sql.execute('DELETE FROM @.signals WHERE machine = ANY($1::bigint[])', ids)
  await sql.execute('DELETE FROM @.credentials WHERE machine_id = ANY($1::text[])', machineIds)
  if (count > 0) await sql.execute('INSERT INTO @.pending_changes (change) VALUES ($1)', -count)
  return sql.execute('DELETE FROM @.machines WHERE id = ANY($1::bigint[])', ids)
}
