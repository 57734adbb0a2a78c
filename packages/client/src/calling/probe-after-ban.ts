import {
  CapiForbiddenError,
  CapiResponseError,
  type CscapiError,
  decide,
  extendPause,
  isCscapiError,
  LoginBudgetError,
  type PauseReason,
  StorageError,
  tokenFlaw,
  withStateLock,
} from '@cscapi/core'
import type { ClientContext } from '../context.js'
import { pushMetrics } from './push-metrics.js'

const PROBE_DUE = 'ban:probe-due'
const SUSPECT = 'ban:suspect'
const SUSPECT_MS = 24 * 3_600_000

/**
 * Writes a pause down for every process. After a ban a probe is due; `machineId` is whose signals
 * were answered 403.
 */
export async function pauseStore(
  { storage, events }: ClientContext,
  pause: { reason: PauseReason; message: string | undefined; forMs: number; machineId?: string },
): Promise<void> {
  if (pause.reason === 'forbidden') await storage.setState(PROBE_DUE, new TextEncoder().encode(pause.machineId ?? ''))
  await extendPause(storage, pause)
  const { reason, message, forMs } = pause
  events.emit('paused', { reason, message, forMs })
}

/** Pauses the store because of a 403. */
export async function forbid(context: ClientContext, error: CscapiError, forMs: number): Promise<void> {
  const message = error instanceof CapiResponseError ? error.serverMessage : undefined
  await pauseStore(context, { reason: 'forbidden', message, forMs })
}

/**
 * After a ban has run out, one call shows whether the address is welcome, before anything else
 * leaves: metrics with a stored token, or the login of one machine where no token is left. False
 * when it is not, or when nobody can tell.
 */
export async function probeAfterBan(context: ClientContext, signal: AbortSignal | undefined): Promise<boolean> {
  const { storage, options } = context
  if ((await storage.getState(PROBE_DUE)) === undefined) return true
  const lock = { clock: options.clock, random: options.random, holdMs: 2 * options.timeoutMs, signal }
  return withStateLock(storage, 'ban:probe', lock, async () => {
    const due = await storage.getState(PROBE_DUE)
    if (due === undefined) return true
    const machine = await findProber(context).catch(unlessDamaged)
    const answer = machine === undefined ? 'welcome' : await probe(context, machine, signal)
    if (answer === 'forbidden' || answer === 'silent') return false
    // Nobody may log in now, and so nobody can be in the probe's way.
    if (answer === 'unasked') return true
    await storage.setState(SUSPECT, due.value.length > 0 ? due.value : undefined, { expiresInMs: SUSPECT_MS })
    await storage.setState(PROBE_DUE, undefined, { ifVersion: due.version })
    return true
  })
}

/**
 * A 403 that gives a reason of its own: before it counts as a ban, another call shows whether CAPI
 * talks to this address.
 */
export function isOwnRefusal(error: CscapiError): boolean {
  return error instanceof CapiForbiddenError && error.code === 'forbidden' && error.givesReason
}

/** Whether the last ban began with this machine's signals. */
export async function isSuspect({ storage }: ClientContext, machineId: string): Promise<boolean> {
  const suspect = await storage.getState(SUSPECT)
  return suspect !== undefined && new TextDecoder().decode(suspect.value) === machineId
}

/**
 * One metrics call with no trouble of any kind means that CAPI talks to this address. A 403 pauses
 * the store again.
 */
export async function isAddressWelcome(
  context: ClientContext,
  machine: { readonly machineId: string; readonly token: string },
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return (await probe(context, machine, signal)) === 'welcome'
}

interface Prober {
  readonly machineId: string
  readonly token: string | undefined
}

/**
 * `troubled`: a server in trouble, or one that is asked too often, talks to this address all the
 * same. `silent`: nobody can tell. `unasked`: the login budget is spent.
 */
async function probe(
  context: ClientContext,
  { machineId, token }: Prober,
  signal: AbortSignal | undefined,
): Promise<'welcome' | 'troubled' | 'forbidden' | 'silent' | 'unasked'> {
  const { retryDelayMs, maxRetryDelayMs, random } = context.options
  try {
    if (token === undefined) await context.authenticator.authenticate(machineId, { signal })
    else await pushMetrics(context, machineId, token, signal)
    return 'welcome'
  } catch (error) {
    if (!isCscapiError(error) || error instanceof StorageError) throw error
    const endpoint = token === undefined ? 'login' : 'metrics'
    const outcome = decide(error, { endpoint, retryDelayMs, maxRetryDelayMs, random: random() })
    if (outcome.action === 'pause') {
      await forbid(context, error, outcome.forMs)
      return 'forbidden'
    }
    if (error instanceof LoginBudgetError) return 'unasked'
    if (error.code === 'paused' || !(error instanceof CapiResponseError)) return 'silent'
    return outcome.action === 'login' || outcome.action === 'raise' ? 'welcome' : 'troubled'
  }
}

/** One damaged row must not keep everybody from sending. */
function unlessDamaged(error: unknown): undefined {
  if (!isCscapiError(error) || error.code !== 'sealed_text_damaged') throw error
}

/** A machine with a token, else any that is not failing. */
async function findProber({ storage }: ClientContext): Promise<Prober | undefined> {
  let withoutToken: Prober | undefined
  let after: string | undefined
  do {
    const page = await storage.listMachines({ failing: false, ...(after !== undefined && { after }) })
    for (const { machineId, token } of page.machines) {
      const isGood = token !== undefined && (token.expiresInMs ?? 1) > 0 && tokenFlaw(token.value) === undefined
      if (isGood) return { machineId, token: token.value }
      withoutToken ??= { machineId, token: undefined }
    }
    after = page.next
  } while (after !== undefined)
  return withoutToken
}
