import * as z from 'zod'
import type { Sql } from '../connect/database.js'
import { recordChange } from './pending-changes.js'

const KEEP_TOTAL = `INSERT INTO @.totals (name, value)
  SELECT 'sent', sum(sent) FROM @.machines WHERE id = ANY($1::bigint[]) HAVING sum(sent) > 0
  ON CONFLICT (name) DO UPDATE SET value = totals.value + excluded.value`

/** Deletes machines and all their signals; inside a transaction. */
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
