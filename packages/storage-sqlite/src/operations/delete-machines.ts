import { turn } from '@cscapi/core'
import type { Sql } from '../connect/sql.js'
import { idsSchema } from './credentials.js'

const KEEP_TOTAL = `INSERT INTO totals (name, value)
  SELECT 'sent', coalesce(sum(sent), 0) FROM machines WHERE id IN (SELECT value FROM json_each(?1)) HAVING true
  ON CONFLICT (name) DO UPDATE SET value = value + excluded.value`

/** Inside a transaction. */
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
