import type { Machine } from '@cscapi/core'
import type { Storage } from '../port.js'

export async function copyMachine(
  { machineId, password, registered, token, authFailures }: Machine,
  to: Storage,
): Promise<void> {
  await to.createMachine({ machineId, password })
  await to.updateMachine(machineId, {
    authFailures,
    ...(registered && { registered: true as const }),
    ...(token !== undefined && {
      token: { value: token.value, scenarios: token.scenarios, lifetimeMs: token.expiresInMs },
    }),
  })
}

export async function copyFailing({ machineId, failing }: Machine, to: Storage): Promise<void> {
  if (failing === undefined) return
  const { reason, message, count, retryInMs } = failing
  await to.updateMachine(machineId, { failing: { reason, message, count, retryAfterMs: Math.max(retryInMs, 0) } })
}
