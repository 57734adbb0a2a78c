import { turn } from '@cscapi/core'
import type { EnqueueResult, QueuedSignal } from '@cscapi/storage'
import { failingUntil } from '../clock.js'
import type { Sql } from '../connect/sql.js'
import { machineIdOf } from './credentials.js'

const INSERT_MACHINE = 'INSERT INTO machines (machine_id) VALUES (?1) ON CONFLICT (machine_id) DO NOTHING'

const INSERT_SIGNAL = `INSERT INTO signals (machine, uuid, payload, changed_at) VALUES (?1, ?2, ?3, ?4)
  ON CONFLICT (uuid, machine) DO NOTHING`

const WAKE = `
UPDATE machines SET pending = pending + ?2,
  due_at = coalesce(due_at, max(?3, ${failingUntil('?3')})), put_at = CASE WHEN due_at IS NULL THEN ?3 ELSE put_at END
WHERE id = ?1`

/**
 * What takes some milliseconds. Others have a turn then, and wait for this transaction if they need
 * the store.
 */
const SLICE = 250

/** Inserts all signals and wakes their machines; inside a transaction. */
export async function enqueue(sql: Sql, signals: readonly QueuedSignal[], now: number): Promise<EnqueueResult> {
  const addedByMachine = new Map<number, number>()
  const ids = new Map<string, number>()
  for (const [index, { machineId, uuid, payload }] of signals.entries()) {
    if (index > 0 && index % SLICE === 0) await turn()
    const machine = ids.get(machineId) ?? findOrInsertMachine(sql, machineId)
    ids.set(machineId, machine)
    const isNew = sql.execute(INSERT_SIGNAL, machine, uuid, payload, now)
    addedByMachine.set(machine, (addedByMachine.get(machine) ?? 0) + isNew)
  }
  let added = 0
  for (const [machine, count] of addedByMachine) {
    if (count > 0) sql.execute(WAKE, machine, count, now)
    added += count
  }
  return { added, duplicates: signals.length - added }
}

/** Signals alone make a machine, too. */
function findOrInsertMachine(sql: Sql, machineId: string): number {
  const known = machineIdOf(sql, machineId)
  if (known !== undefined) return known
  sql.execute(INSERT_MACHINE, machineId)
  return machineIdOf(sql, machineId) ?? 0
}
