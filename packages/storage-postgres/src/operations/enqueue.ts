import { randomUUID } from 'node:crypto'
import type { EnqueueResult, QueuedSignal } from '@cscapi/storage'
import * as z from 'zod'
import type { Database, Sql } from '../connect/database.js'
import { bool } from '../connect/text-results.js'
import { FAILING_UNTIL } from './live-lease.js'
import { isTimeToSumUp, sumUp } from './pending-changes.js'

const ADD_MACHINES = `
INSERT INTO @.machines (machine_id) SELECT named.machine_id FROM unnest($1::text[]) AS named (machine_id)
WHERE NOT EXISTS (SELECT 1 FROM @.machines m WHERE m.machine_id = named.machine_id) ORDER BY named.machine_id
ON CONFLICT (machine_id) DO NOTHING`

/**
 * The lock keeps the machines from falling asleep until these signals can be seen; it is in nobody
 * else's way.
 */
const HOLD_AWAKE = `
SELECT id, machine_id AS "machineId", due_at IS NULL AS asleep FROM @.machines
WHERE machine_id = ANY($1::text[]) ORDER BY id FOR KEY SHARE`

const WAKE = `
UPDATE @.machines SET due_at = coalesce(due_at, greatest(@now, ${FAILING_UNTIL})),
  put_at = CASE WHEN due_at IS NULL THEN @now ELSE put_at END
WHERE id IN (SELECT id FROM @.machines WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE)`

/**
 * Texts joined into one, which the server takes apart in their order: three times as fast as an
 * array of texts, and faster than rows of parameters. Nothing joined is taken for no text at all:
 * then the only payload is empty.
 */
const ADD_SIGNALS = `
WITH added AS (INSERT INTO @.signals (machine, uuid, payload, changed_at)
SELECT s.machine, s.uuid, coalesce(s.payload, ''), (SELECT @now)
FROM unnest(string_to_array($1, ',')::bigint[], string_to_array($2, $4), string_to_array($3, $4)) AS s (machine, uuid, payload)
ON CONFLICT (uuid, machine) DO NOTHING RETURNING 1)
INSERT INTO @.pending_changes (change) SELECT count(*) FROM added RETURNING change, id`

/** Characters in one statement, so that a batch of large signals needs no large buffers. */
const CHARACTERS_PER_STATEMENT = 16_777_216

const addedSchema = z.tuple([z.object({ change: z.coerce.number(), id: z.coerce.number() })])
const machinesSchema = z.array(z.object({ id: z.coerce.string(), machineId: z.string(), asleep: bool }))

export async function enqueue(database: Database, signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
  const { added, isSumDue } = await database.transaction('enqueue', (sql) => addAll(sql, signals))
  if (isSumDue) await sumUp(database)
  return { added, duplicates: signals.length - added }
}

/** Inserts all signals and wakes their machines. */
async function addAll(sql: Sql, signals: readonly QueuedSignal[]): Promise<{ added: number; isSumDue: boolean }> {
  const machineIds = [...new Set(signals.map(({ machineId }) => machineId))]
  let machines = machinesSchema.parse(await sql.query(HOLD_AWAKE, machineIds))
  // Again where somebody else deletes one of them in between.
  while (machines.length < machineIds.length) {
    await sql.execute(ADD_MACHINES, machineIds)
    machines = machinesSchema.parse(await sql.query(HOLD_AWAKE, machineIds))
  }
  const ids = new Map(machines.map(({ id, machineId }) => [machineId, id]))
  let added = 0
  let isSumDue = false
  for (const slice of slicesOf(signals)) {
    const { change, id } = await addSignals(sql, ids, slice)
    added += change
    isSumDue ||= isTimeToSumUp(id)
  }
  const asleep = machines.filter((machine) => machine.asleep).map(({ id }) => id)
  if (added > 0 && asleep.length > 0) await sql.execute(WAKE, asleep)
  return { added, isSumDue }
}

async function addSignals(
  sql: Sql,
  ids: ReadonlyMap<string, string>,
  signals: readonly QueuedSignal[],
): Promise<{ change: number; id: number }> {
  const uuids = signals.map(({ uuid }) => uuid)
  const payloads = signals.map(({ payload }) => payload)
  const separator = separatorFor([...uuids, ...payloads])
  const machines = signals.map(({ machineId }) => ids.get(machineId)).join()
  const rows = await sql.query(ADD_SIGNALS, machines, uuids.join(separator), payloads.join(separator), separator)
  const [added] = addedSchema.parse(rows)
  return added
}

/**
 * Finds what separates the texts: a control character that JSON does not have, or something that
 * texts which are no JSON do not have either.
 */
function separatorFor(texts: readonly string[]): string {
  let separator = '\u001f'
  while (texts.some((text) => text.includes(separator))) separator = randomUUID()
  return separator
}

function* slicesOf(signals: readonly QueuedSignal[]): Generator<readonly QueuedSignal[]> {
  let first = 0
  let characters = 0
  for (const [index, { payload }] of signals.entries()) {
    characters += payload.length
    if (characters < CHARACTERS_PER_STATEMENT) continue
    yield signals.slice(first, index + 1)
    first = index + 1
    characters = 0
  }
  if (first < signals.length) yield signals.slice(first)
}
