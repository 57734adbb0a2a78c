import { turn } from '@cscapi/core'
import type { EnqueueResult, QueuedSignal } from '@cscapi/storage'
import { failingUntil } from '../clock.js'
import { ROWS_A_TURN } from '../connect/call.js'
import type { Sql } from '../connect/sql.js'
import { machineIdOf } from './credentials.js'

const INSERT_MACHINE = 'INSERT INTO machines (machine_id) VALUES (?1) ON CONFLICT (machine_id) DO NOTHING'

const INSERT_SIGNAL = `INSERT INTO signals (machine, uuid, payload, changed_at) VALUES (?1, ?2, ?3, ?4)
  ON CONFLICT (uuid, machine) DO NOTHING`

const WAKE = `
UPDATE machines SET pending = pending + ?2,
  due_at = coalesce(due_at, max(?3, ${failingUntil('?3')})), put_at = CASE WHEN due_at IS NULL THEN ?3 ELSE put_at END
WHERE id = ?1`

/** Inserts the signals and wakes their machines; inside a transaction. */
export function enqueue(sql: Sql, signals: readonly QueuedSignal[], now: number): EnqueueResult {
  const machines = new Map<string, Woken>()
  for (const signal of signals) insert(sql, signal, machines, now)
  return wake(sql, signals.length, machines, now)
}

/** The same with turns for others in between, who wait for its end if they need the store. */
export async function enqueueInSlices(sql: Sql, signals: readonly QueuedSignal[], now: number): Promise<EnqueueResult> {
  const machines = new Map<string, Woken>()
  for (const [index, signal] of signals.entries()) {
    if (index > 0 && index % ROWS_A_TURN === 0) await turn()
    insert(sql, signal, machines, now)
  }
  return wake(sql, signals.length, machines, now)
}

/** A machine's key, and how many signals it got. */
interface Woken {
  readonly id: number
  added: number
}

function insert(sql: Sql, { machineId, uuid, payload }: QueuedSignal, machines: Map<string, Woken>, now: number): void {
  let machine = machines.get(machineId)
  if (machine === undefined) {
    machine = { id: findOrInsertMachine(sql, machineId), added: 0 }
    machines.set(machineId, machine)
  }
  machine.added += sql.execute(INSERT_SIGNAL, machine.id, uuid, payload, now)
}

function wake(sql: Sql, count: number, machines: ReadonlyMap<string, Woken>, now: number): EnqueueResult {
  let all = 0
  for (const { id, added } of machines.values()) {
    if (added > 0) sql.execute(WAKE, id, added, now)
    all += added
  }
  return { added: all, duplicates: count - all }
}

/** Signals alone make a machine, too. */
function findOrInsertMachine(sql: Sql, machineId: string): number {
  const known = machineIdOf(sql, machineId)
  if (known !== undefined) return known
  sql.execute(INSERT_MACHINE, machineId)
  return machineIdOf(sql, machineId) ?? 0
}
