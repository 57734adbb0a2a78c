import { randomUUID } from 'node:crypto'
import type { LeaseRequest, SignalLease } from '@cscapi/storage'
import { toMachine } from '@cscapi/storage-sql'
import * as z from 'zod'
import { isAhead } from '../clock.js'
import type { Database } from '../database.js'

/**
 * One statement: takes a machine whose time was written by a clock that has been put back since, or
 * else the one that has been due longest, and remembers the last signal it hands out.
 */
const TAKE = `
UPDATE machines SET
  lease_token = ?1, lease_until = ?2, due_at = ?2, put_at = ?4, held = min(pending, ?3), attempts_since = min(attempts_since, ?4),
  lease_last = coalesce((SELECT max(id) FROM (
    SELECT id FROM signals WHERE machine = machines.id AND state = 0 ORDER BY id LIMIT ?3)), 0)
WHERE id = coalesce(
  (SELECT id FROM machines WHERE due_at IS NOT NULL AND ${isAhead('put_at', '?4')} ORDER BY put_at LIMIT 1),
  (SELECT id FROM machines WHERE due_at <= ?4 ORDER BY due_at LIMIT 1))
RETURNING id, machine_id AS machineId, attempts, attempts_since AS attemptsSince, lease_last AS leaseLast`

const HELD = 'SELECT uuid, payload FROM signals WHERE machine = ?1 AND state = 0 AND id <= ?2 ORDER BY id'

const takenSchema = z
  .array(
    z.object({
      id: z.coerce.number(),
      machineId: z.string(),
      attempts: z.coerce.number(),
      attemptsSince: z.coerce.number(),
      leaseLast: z.coerce.number(),
    }),
  )
  .max(1)

const heldSchema = z.array(z.object({ uuid: z.string(), payload: z.string() }))

/**
 * The payloads are read after the lease, outside its write: the lease protects them. It need not
 * survive a power cut (its signals are pending again then), so its commit does not wait for the
 * disk.
 */
export function lease(
  database: Database,
  { leaseMs, maxSignals }: LeaseRequest,
  clock: () => number,
): Promise<SignalLease | undefined> {
  return database.run('lease', async (sql) => {
    const token = randomUUID()
    await sql.query('PRAGMA synchronous = NORMAL')
    const now = clock()
    const rows = await sql
      .query(TAKE, token, now + leaseMs, maxSignals, now)
      .finally(() => sql.query('PRAGMA synchronous = FULL'))
    const [taken] = takenSchema.parse(rows)
    if (taken === undefined) return undefined
    const { id, machineId, attempts, attemptsSince, leaseLast } = taken
    const signals = heldSchema.parse(await sql.query(HELD, id, leaseLast))
    const credential = await sql.prisma.credential.findUnique({ where: { machine: id } })
    return {
      machineId,
      token,
      machine: credential === null ? undefined : toMachine('sqlite', machineId, credential, now),
      signals,
      attempts,
      attemptsForMs: attempts === 0 ? 0 : now - attemptsSince,
    }
  })
}

/** False when the lease was lost. */
export async function extend(
  database: Database,
  { machineId, token }: Pick<SignalLease, 'machineId' | 'token'>,
  leaseMs: number,
  clock: () => number,
): Promise<boolean> {
  const text =
    'UPDATE machines SET lease_until = ?1, due_at = ?1, put_at = ?4 WHERE machine_id = ?2 AND lease_token = ?3'
  const changed = await database.run('extend', (sql) => {
    const now = clock()
    return sql.execute(text, now + leaseMs, machineId, token, now)
  })
  return changed > 0
}
