import { turn } from '@cscapi/core'
import type { EnqueueResult, QueuedSignal } from '@cscapi/storage'
import * as z from 'zod'
import { failingUntil } from '../clock.js'
import type { Sql } from '../database.js'

const INSERT_MACHINES = `INSERT INTO machines (machine_id) SELECT value FROM json_each(?1) WHERE true ON CONFLICT (machine_id) DO NOTHING`

const LAST_ID = `SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'signals'), 0) AS id`

const INSERT_SIGNALS = `
INSERT INTO signals (machine, uuid, payload, changed_at)
SELECT m.id, s.value ->> 1, s.value ->> 2, ?2
FROM json_each(?1) s JOIN machines m ON m.machine_id = s.value ->> 0
WHERE true ORDER BY s.key
ON CONFLICT (uuid, machine) DO NOTHING`

/** What was just added is what lies behind the last id. */
const WAKE = `
UPDATE machines SET pending = pending + added.n,
  due_at = coalesce(due_at, max(?2, ${failingUntil('?2')})), put_at = CASE WHEN due_at IS NULL THEN ?2 ELSE put_at END
FROM (SELECT machine, count(*) AS n FROM signals WHERE id > ?1 GROUP BY machine) AS added
WHERE machines.id = added.machine`

const lastIdSchema = z.tuple([z.object({ id: z.coerce.number() })])

/**
 * What takes some milliseconds. Others have a turn then, and wait for this transaction if they need
 * the store.
 */
const SLICE = 250

/** Inserts all signals and wakes their machines; inside a transaction. */
export async function enqueue(sql: Sql, signals: readonly QueuedSignal[], now: number): Promise<EnqueueResult> {
  let added = 0
  for (let start = 0; start < signals.length; start += SLICE) {
    if (start > 0) await turn()
    added += await enqueueSlice(sql, signals.slice(start, start + SLICE), now)
  }
  return { added, duplicates: signals.length - added }
}

async function enqueueSlice(sql: Sql, signals: readonly QueuedSignal[], now: number): Promise<number> {
  const machineIds = [...new Set(signals.map(({ machineId }) => machineId))]
  await sql.execute(INSERT_MACHINES, JSON.stringify(machineIds))
  const [{ id }] = lastIdSchema.parse(await sql.query(LAST_ID))
  const rows = signals.map(({ machineId, uuid, payload }) => [machineId, uuid, payload])
  const added = await sql.execute(INSERT_SIGNALS, JSON.stringify(rows), now)
  if (added > 0) await sql.execute(WAKE, id, now)
  return added
}
