import type { MachinePatch } from '@cscapi/core'
import { credentialChanges } from '@cscapi/storage-sql'
import { isAhead } from '../clock.js'
import type { Sql } from '../connect/sql.js'
import type { SqlValue } from '../drivers/driver.js'
import { sqliteError } from '../errors.js'
import { idsSchema } from './credentials.js'

/** Inside a transaction. */
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
