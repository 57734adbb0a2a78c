import { randomUUID } from 'node:crypto'
import type { LeaseRequest, SignalLease } from '@cscapi/storage'
import { toMachine } from '@cscapi/storage-sql'
import * as z from 'zod'
import type { Sql } from '../connect/database.js'
import { credentialsSchema } from './credentials.js'

const TAKE = 'SELECT * FROM @.take_lease($1, $2, $3, @clock)'

const headSchema = z.object({
  machine_id: z.string(),
  attempts: z.coerce.number(),
  attempts_for_ms: z.coerce.number(),
  now_ms: z.coerce.number(),
  credentials: credentialsSchema.nullable(),
})
/** One row about the machine, then one for each signal. */
const leasedSchema = z.tuple([headSchema]).rest(z.object({ uuid: z.string(), payload: z.string() }))

/** One statement, since a lease that is only half taken would be in everybody's way. */
export async function lease(sql: Sql, { leaseMs, maxSignals }: LeaseRequest): Promise<SignalLease | undefined> {
  const token = randomUUID()
  const rows = await sql.query(TAKE, token, Math.ceil(leaseMs), maxSignals)
  if (rows.length === 0) return undefined
  const [head, ...signals] = leasedSchema.parse(rows)
  const { machine_id: machineId, attempts, attempts_for_ms: attemptsForMs, now_ms: now, credentials } = head
  return {
    machineId,
    token,
    machine: credentials === null ? undefined : toMachine('postgres', machineId, credentials, now),
    signals,
    attempts,
    attemptsForMs: attempts === 0 ? 0 : attemptsForMs,
  }
}
