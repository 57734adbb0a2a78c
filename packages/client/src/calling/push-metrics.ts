import { VERSION } from '@cscapi/core'
import type { ClientContext } from '../context.js'

/** Tells CAPI that the machine is alive (CAPI v3 swagger `/metrics`). Times are UTC; one try. */
export async function pushMetrics(
  { capi, options }: ClientContext,
  machineId: string,
  token: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const now = new Date(options.clock.now()).toISOString()
  const machine = { name: machineId, last_update: now, last_push: now, version: VERSION }
  await capi.pushMetrics({ token, metrics: { bouncers: [], machines: [machine] } }, { signal, machineId })
}
