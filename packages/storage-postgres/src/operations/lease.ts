import { randomUUID } from 'node:crypto'
import type { LeaseRequest, SignalLease } from '@cscapi/storage'
import { toMachine } from '@cscapi/storage-sql'
import * as z from 'zod'
import type { Sql } from '../connect/database.js'
import { credentialsSchema } from './credentials.js'

const NEXT = 'SELECT * FROM @.lease_next($1, $2, $3, @clock)'

const leasedSchema = z
  .array(
    z.object({
      machine_id: z.string(),
      attempts: z.coerce.number(),
      attempts_for_ms: z.coerce.number(),
      now_ms: z.coerce.number(),
      credentials: credentialsSchema.nullable(),
      signals: z.string().nullable(),
    }),
  )
  .max(1)

/** One statement, since a lease that is only half taken would be in everybody's way. */
export async function lease(sql: Sql, { leaseMs, maxSignals }: LeaseRequest): Promise<SignalLease | undefined> {
  const token = randomUUID()
  const [leased] = leasedSchema.parse(await sql.query(NEXT, token, Math.ceil(leaseMs), maxSignals))
  if (leased === undefined) return undefined
  const { machine_id: machineId, attempts, attempts_for_ms: attemptsForMs, now_ms: now, credentials } = leased
  return {
    machineId,
    token,
    machine: credentials === null ? undefined : toMachine('postgres', machineId, credentials, now),
    signals: signalsOf(leased.signals?.split(token) ?? []),
    attempts,
    attemptsForMs: attempts === 0 ? 0 : attemptsForMs,
  }
}

/** Reads uuid, payload, uuid, payload: a row for each would cost more than the signals. */
function signalsOf(texts: readonly string[]): { uuid: string; payload: string }[] {
  const signals: { uuid: string; payload: string }[] = []
  for (let at = 0; at + 1 < texts.length; at += 2) {
    const [uuid = '', payload = ''] = texts.slice(at, at + 2)
    signals.push({ uuid, payload })
  }
  return signals
}
