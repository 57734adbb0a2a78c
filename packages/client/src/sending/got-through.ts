import { getJsonState, stateKeys, toJsonState } from '@cscapi/core'
import { lazily } from '@cscapi/signals'
import type { Storage } from '@cscapi/storage'
import * as z from 'zod'

const REMEMBER_MS = 24 * 3_600_000
/** Two are enough to know another one than any given. */
const REMEMBERED = 2

const machineIdsSchema = lazily(() => z.array(z.string()))

/** Notes for a day that these machines got signals through, for every process. */
export async function noteDelivered(storage: Storage, machineIds: ReadonlySet<string>): Promise<void> {
  if (machineIds.size === 0) return
  const known = await readDelivered(storage)
  const latest = [...machineIds].slice(0, REMEMBERED)
  const value = toJsonState([...new Set([...latest, ...known])].slice(0, REMEMBERED))
  await storage.setState(stateKeys.delivered, value, { expiresInMs: REMEMBER_MS })
}

/**
 * Whether another machine got signals through within the last day: then a server error is about
 * these signals.
 */
export async function othersGetThrough(storage: Storage, machineId: string): Promise<boolean> {
  return (await readDelivered(storage)).some((other) => other !== machineId)
}

async function readDelivered(storage: Storage): Promise<string[]> {
  return (await getJsonState(storage, stateKeys.delivered, machineIdsSchema()))?.value ?? []
}
