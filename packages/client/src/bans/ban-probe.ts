import {
  CapiForbiddenError,
  CapiResponseError,
  type Conclusion,
  type CscapiError,
  isCscapiError,
  LoginBudgetError,
  pages,
  StorageError,
  stateKeys,
  tokenFlaw,
  withStateLock,
} from '@cscapi/core'
import { pushMetrics } from '../calling/push-metrics.js'
import type { ClientContext } from '../context.js'
import { markProbed, readDueProbe } from './ban-marks.js'

/**
 * Makes the one call that shows, after a ban has run out and before anything else leaves, whether
 * the address is welcome: metrics with a stored token, or the login of one machine where no token
 * is left. False when it is not, or when nobody can tell.
 */
export async function probeAfterBan(context: ClientContext, signal: AbortSignal | undefined): Promise<boolean> {
  const { storage, options } = context
  if ((await readDueProbe(storage)) === undefined) return true
  const lock = { clock: options.clock, random: options.random, holdMs: 2 * options.timeoutMs, signal }
  return withStateLock(storage, stateKeys.banProbeLock, lock, async () => {
    const due = await readDueProbe(storage)
    if (due === undefined) return true
    const machine = await findProber(context).catch(unlessDamaged)
    const answer = machine === undefined ? 'welcome' : await probe(context, machine, signal)
    if (answer === 'forbidden' || answer === 'silent') return false
    // Nobody may log in now, and so nobody can be in the probe's way.
    if (answer !== 'unasked') await markProbed(storage, due)
    return true
  })
}

/**
 * Tells a 403 that gives a reason of its own: before it counts as a ban, another call shows whether
 * CAPI talks to this address.
 */
export function isOwnRefusal(error: CscapiError): boolean {
  return error instanceof CapiForbiddenError && error.code === 'forbidden' && error.givesReason
}

/**
 * Makes a metrics call: one without trouble of any kind means that CAPI talks to this address. A
 * 403 pauses the store again.
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
type ProbeAnswer = 'welcome' | 'troubled' | 'forbidden' | 'silent' | 'unasked'

async function probe(
  context: ClientContext,
  { machineId, token }: Prober,
  signal: AbortSignal | undefined,
): Promise<ProbeAnswer> {
  const { authenticator, capi, outcomes } = context
  try {
    if (token !== undefined) {
      await pushMetrics(context, machineId, token, signal)
      return 'welcome'
    }
    const login = await authenticator.tryToAuthenticate(machineId, { signal, capi })
    return login.token === undefined ? answerOf(login.error, login.outcome) : 'welcome'
  } catch (error) {
    if (!isCscapiError(error) || error instanceof StorageError) throw error
    return answerOf(error, await outcomes.conclude(error, { endpoint: 'metrics', machineId }))
  }
}

function answerOf(error: CscapiError, { action }: Conclusion): ProbeAnswer {
  if (action === 'pause') return 'forbidden'
  if (error instanceof LoginBudgetError) return 'unasked'
  if (error.code === 'paused' || !(error instanceof CapiResponseError)) return 'silent'
  return action === 'login' || action === 'raise' ? 'welcome' : 'troubled'
}

/** One machine that cannot be read must not keep everybody from sending. */
function unlessDamaged(error: unknown): undefined {
  if (!isCscapiError(error) || error.code !== 'sealed_text_damaged') throw error
}

/** A machine with a token, else any that is not failing. */
async function findProber({ storage }: ClientContext): Promise<Prober | undefined> {
  let withoutToken: Prober | undefined
  for await (const { machines } of pages((from) => storage.listMachines({ failing: false, ...from }))) {
    for (const { machineId, token } of machines) {
      const isGood = token !== undefined && (token.expiresInMs ?? 1) > 0 && tokenFlaw(token.value) === undefined
      if (isGood) return { machineId, token: token.value }
      withoutToken ??= { machineId, token: undefined }
    }
  }
  return withoutToken
}
