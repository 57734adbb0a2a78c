import { randomUUID } from 'node:crypto'
import type { LeaseRequest, SignalLease } from '@cscapi/storage'
import * as z from 'zod'
import { isAhead } from '../clock.js'
import type { Sql } from '../connect/sql.js'
import { machineOf } from './get-machine.js'

/**
 * One statement: takes a machine whose time was written by a clock that has been put back since, or
 * else the one that has been due longest, and remembers the last signal it hands out.
 */
const TAKE = `
UPDATE machines SET
  lease_token = ?1, lease_until = ?2, due_at = ?2, put_at = ?4, held = min(pending, ?3), attempts_since = min(attempts_since, ?4),
  lease_last = coalesce(
    (SELECT id FROM signals WHERE machine = machines.id AND state = 0 ORDER BY id LIMIT 1 OFFSET ?3 - 1),
    (SELECT max(id) FROM signals WHERE machine = machines.id AND state = 0), 0)
WHERE id = coalesce(
  (SELECT id FROM machines WHERE due_at IS NOT NULL AND ${isAhead('put_at', '?4')} ORDER BY put_at LIMIT 1),
  (SELECT id FROM machines WHERE due_at <= ?4 ORDER BY due_at LIMIT 1))
RETURNING id, machine_id AS machineId, attempts, attempts_since AS attemptsSince, lease_last AS leaseLast`

const HELD = 'SELECT uuid, payload FROM signals WHERE machine = ?1 AND state = 0 AND id <= ?2 ORDER BY id'

const takenSchema = z
  .array(
    z.object({
      id: z.number(),
      machineId: z.string(),
      attempts: z.number(),
      attemptsSince: z.number(),
      leaseLast: z.number(),
    }),
  )
  .max(1)

const heldSchema = z.array(z.object({ uuid: z.string(), payload: z.string() }))

/** Inside a transaction. It need not survive a power cut: its signals are pending again then. */
export function lease(sql: Sql, { leaseMs, maxSignals }: LeaseRequest, now: number): SignalLease | undefined {
  const token = randomUUID()
  const [taken] = takenSchema.parse(sql.query(TAKE, token, now + leaseMs, maxSignals, now))
  if (taken === undefined) return undefined
  const { id, machineId, attempts, attemptsSince, leaseLast } = taken
  return {
    machineId,
    token,
    machine: machineOf(sql, id, machineId, now),
    signals: heldSchema.parse(sql.query(HELD, id, leaseLast)),
    attempts,
    attemptsForMs: attempts === 0 ? 0 : now - attemptsSince,
  }
}
