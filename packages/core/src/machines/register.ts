import type { Capi } from '../capi/capi.js'
import type { Outcomes } from './act-on-outcome.js'
import type { Machine, MachineStore } from './machine-store.js'
import { type Refused, refusedBy } from './refused.js'

/** What registering and logging in work with. */
export interface MachineCalls {
  readonly capi: Pick<Capi, 'register' | 'login'>
  readonly store: MachineStore
  readonly outcomes: Outcomes
  readonly attempts: number | undefined
  readonly signal: AbortSignal | undefined
}

/** Registers a machine with its stored password; CAPI may know the id already, as ours or not. */
export async function registerMachine(
  { machineId, password, failing }: Machine,
  { capi, store, outcomes, attempts = 0, signal }: MachineCalls,
): Promise<Refused | { readonly alreadyRegistered: boolean }> {
  try {
    await capi.register({ machineId, password }, { signal })
  } catch (error) {
    const call = { endpoint: 'register', machineId, attempts, failingCount: failing?.count ?? 0 } as const
    const refused = await refusedBy(error, call, outcomes)
    return refused.outcome.action === 'login' ? { alreadyRegistered: true } : refused
  }
  await store.updateMachine(machineId, { registered: true })
  return { alreadyRegistered: false }
}
