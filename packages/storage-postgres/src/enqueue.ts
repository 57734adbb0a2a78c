import type { EnqueueResult, QueuedSignal } from '@cscapi/storage'
import { z } from 'zod'
import type { Sql } from './database.js'

const ADD_MACHINES = `
INSERT INTO @.machines (machine_id) SELECT named.machine_id FROM unnest($1::text[]) AS named (machine_id)
WHERE NOT EXISTS (SELECT 1 FROM @.machines m WHERE m.machine_id = named.machine_id) ORDER BY named.machine_id
ON CONFLICT (machine_id) DO NOTHING`

/** The lock keeps the machines from falling asleep until these signals can be seen; it is in nobody else's way. */
const HOLD_AWAKE = `
SELECT id, machine_id AS "machineId", due_at IS NULL AS asleep FROM @.machines
WHERE machine_id = ANY($1::text[]) ORDER BY id FOR KEY SHARE`

const WAKE = `
UPDATE @.machines SET due_at = coalesce(due_at, greatest(@now, failing_until))
WHERE id IN (SELECT id FROM @.machines WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE)`

const ADD_SIGNALS = `
INSERT INTO @.signals (machine, uuid, payload, changed_at)
SELECT s.machine, s.uuid, s.payload, @now
FROM unnest($1::bigint[], $2::text[], $3::text[]) WITH ORDINALITY AS s (machine, uuid, payload, position)
ORDER BY s.position ON CONFLICT (uuid, machine) DO NOTHING`

const machinesSchema = z.array(z.object({ id: z.string(), machineId: z.string(), asleep: z.boolean() }))

/** Inserts all signals and wakes their machines; inside a transaction. */
export async function enqueue(sql: Sql, signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
  const machineIds = [...new Set(signals.map(({ machineId }) => machineId))]
  await sql.execute(ADD_MACHINES, machineIds)
  const machines = machinesSchema.parse(await sql.query(HOLD_AWAKE, machineIds))
  const ids = new Map(machines.map(({ id, machineId }) => [machineId, id]))
  const added = await sql.execute(
    ADD_SIGNALS,
    signals.map(({ machineId }) => ids.get(machineId)),
    signals.map(({ uuid }) => uuid),
    signals.map(({ payload }) => payload),
  )
  const asleep = machines.filter((machine) => machine.asleep).map(({ id }) => id)
  if (added > 0 && asleep.length > 0) await sql.execute(WAKE, asleep)
  if (added > 0) await sql.execute('INSERT INTO @.pending_changes (change) VALUES ($1)', added)
  return { added, duplicates: signals.length - added }
}
