import type { Login } from '../capi/endpoints/login.js'
import type { Machine, MachinePatch } from './machine-store.js'
import { type Refused, refusedBy } from './refused.js'
import type { MachineCalls } from './register.js'

/**
 * Logs a machine in and stores its token. `alreadyRegistered`: CAPI knew the id before us, and the
 * login shows whether it is ours.
 */
export async function logIn(
  { machineId, password, failing }: Machine,
  { capi, store, outcomes, attempts = 0, signal }: MachineCalls,
  { scenarios, alreadyRegistered }: { readonly scenarios: readonly string[]; readonly alreadyRegistered: boolean },
): Promise<Refused | { readonly token: string }> {
  let login: Login
  try {
    login = await capi.login({ machineId, password, scenarios }, { signal })
  } catch (error) {
    const failingCount = failing?.count ?? 0
    return refusedBy(error, { endpoint: 'login', machineId, attempts, alreadyRegistered, failingCount }, outcomes)
  }
  const { token, lifetimeMs } = login
  const patch: MachinePatch = { registered: true, token: { value: token, scenarios, lifetimeMs } }
  await store.updateMachine(machineId, failing ? { ...patch, failing: null } : patch)
  return { token }
}
