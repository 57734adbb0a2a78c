import { decide, extendPause, isCscapiError, type PauseReason, withStateLock } from '@cscapi/core'
import type { ClientContext } from './context.js'
import { pushMetrics } from './metrics.js'

const PROBE_DUE = 'ban:probe-due'
const SUSPECT = 'ban:suspect'
const SUSPECT_MS = 24 * 3_600_000

/** Writes a pause down for every process. After a ban a probe is due; `machineId` is whose signals were answered 403. */
export async function pauseStore(
  { storage, events }: ClientContext,
  pause: { reason: PauseReason; message: string | undefined; forMs: number; machineId?: string },
): Promise<void> {
  if (pause.reason === 'forbidden') await storage.setState(PROBE_DUE, new TextEncoder().encode(pause.machineId ?? ''))
  await extendPause(storage, pause)
  const { reason, message, forMs } = pause
  events.emit('paused', { reason, message, forMs })
}

/**
 * After a ban has run out, one metrics call with a stored token shows whether the address is welcome, before anything else leaves.
 * False when it is not, or when nobody can tell; without any stored token the next login is the probe.
 */
export async function probeAfterBan(context: ClientContext, signal: AbortSignal | undefined): Promise<boolean> {
  const { storage, options } = context
  if ((await storage.getState(PROBE_DUE)) === undefined) return true
  const lock = { clock: options.clock, random: options.random, holdMs: 2 * options.timeoutMs, signal }
  return withStateLock(storage, 'ban:probe', lock, async () => {
    const due = await storage.getState(PROBE_DUE)
    if (due === undefined) return true
    const machine = await findMachineWithToken(context)
    if (machine !== undefined && !(await isAddressWelcome(context, machine, signal))) return false
    await storage.setState(SUSPECT, due.value.length > 0 ? due.value : undefined, { expiresInMs: SUSPECT_MS })
    await storage.setState(PROBE_DUE, undefined, { ifVersion: due.version })
    return true
  })
}

/** Whether the last ban began with this machine's signals. */
export async function isSuspect({ storage }: ClientContext, machineId: string): Promise<boolean> {
  const suspect = await storage.getState(SUSPECT)
  return suspect !== undefined && new TextDecoder().decode(suspect.value) === machineId
}

/** One metrics call: any answer but 403 and trouble on the way means that CAPI talks to this address. A 403 pauses the store again. */
export async function isAddressWelcome(
  context: ClientContext,
  { machineId, token }: { machineId: string; token: string },
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { retryDelayMs, maxRetryDelayMs, random } = context.options
  try {
    await pushMetrics(context, machineId, token, signal)
    return true
  } catch (error) {
    if (!isCscapiError(error)) throw error
    const outcome = decide(error, { endpoint: 'metrics', retryDelayMs, maxRetryDelayMs, random: random() })
    if (outcome.action === 'pause') {
      await pauseStore(context, { reason: 'forbidden', message: undefined, forMs: outcome.forMs })
    }
    return outcome.action === 'login' || (outcome.action === 'raise' && error.code !== 'aborted')
  }
}

async function findMachineWithToken({
  storage,
}: ClientContext): Promise<{ machineId: string; token: string } | undefined> {
  let after: string | undefined
  do {
    const page = await storage.listMachines({ failing: false, ...(after !== undefined && { after }) })
    for (const { machineId, token } of page.machines) {
      if (token !== undefined && (token.expiresInMs ?? 1) > 0) return { machineId, token: token.value }
    }
    after = page.next
  } while (after !== undefined)
  return undefined
}
