import {
  AbortedError,
  CapiNetworkError,
  type Conclusion,
  type CscapiError,
  type EndpointName,
  isCscapiError,
  pausedError,
  readPause,
  sleepUnlessAborted,
} from '@cscapi/core'
import { isAddressWelcome, isOwnRefusal, probeAfterBan } from '../bans/ban-probe.js'
import type { ClientContext } from '../context.js'

export interface MachineCall {
  readonly machineId: string
  readonly endpoint: Extract<EndpointName, 'decisions' | 'enroll' | 'metrics'>
  /** Log in again unless the token was issued for all of these. */
  readonly scenarios?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Makes one call for one machine: gets its token, logs in once if the token is refused, and repeats
 * transient trouble up to `maxRetries` times. Waits longer than `maxRetryDelayMs`, a rate limit and
 * a ban are the caller's to wait for.
 */
export async function callForMachine<T>(
  context: ClientContext,
  machineCall: MachineCall,
  call: (token: string) => Promise<T>,
): Promise<T> {
  const { machineId, endpoint, signal } = machineCall
  const { maxRetryDelayMs, maxRetries, clock } = context.options
  const what = `The ${endpoint} call of machine ${machineId}`
  let refused: string | undefined
  for (let attempts = 0; ; ) {
    await assertWelcome(context, machineCall, what)
    const tried = await tryOnce(context, machineCall, { attempts, refused }, call).catch((error: unknown) => {
      throw signal?.aborted ? new AbortedError(what, { machineId }) : error
    })
    if ('answer' in tried) return tried.answer
    if (signal?.aborted) throw new AbortedError(what, { machineId })
    const { error, outcome, token } = tried
    if (outcome.action === 'login') {
      refused = token
      continue
    }
    const isPassing = outcome.action === 'postpone' && outcome.transient && outcome.afterMs <= maxRetryDelayMs
    if (!isPassing || attempts >= maxRetries) throw error
    attempts += 1
    await sleepUnlessAborted(clock, outcome.afterMs, signal, what, machineId)
  }
}

interface Failure {
  readonly token?: string | undefined
  readonly error: CscapiError
  readonly outcome: Conclusion
}

async function tryOnce<T>(
  context: ClientContext,
  machineCall: MachineCall,
  { attempts, refused }: { readonly attempts: number; readonly refused: string | undefined },
  call: (token: string) => Promise<T>,
): Promise<{ readonly answer: T } | Failure> {
  const { authenticator, capi, outcomes, storage } = context
  const { machineId, endpoint, scenarios, signal } = machineCall
  const login = await authenticator.tryToAuthenticate(machineId, { refused, scenarios, signal, attempts, capi })
  if (login.token === undefined) return login
  const { token } = login
  try {
    const answer = await call(token)
    await outcomes.succeeded(await storage.getMachine(machineId))
    return { answer }
  } catch (error) {
    if (signal?.aborted || !isCscapiError(error)) throw error
    if (await isForThisCall(context, error, machineCall, token)) throw error
    const reauthenticated = refused !== undefined
    return { token, error, outcome: await outcomes.conclude(error, { machineId, endpoint, attempts, reauthenticated }) }
  }
}

async function assertWelcome(
  context: ClientContext,
  { machineId, endpoint, signal }: MachineCall,
  what: string,
): Promise<void> {
  const pause = await readPause(context.storage)
  if (pause?.reason === 'forbidden') throw pausedError(endpoint, pause)
  if (await probeAfterBan(context, signal)) return
  if (signal?.aborted) throw new AbortedError(what, { machineId })
  const renewed = await readPause(context.storage)
  if (renewed?.reason === 'forbidden') throw pausedError(endpoint, renewed)
  // A pull is as good a probe as any.
  if (endpoint === 'decisions') return
  const message = `${endpoint} was not called: CAPI does not say whether it still forbids this address; try again later`
  throw new CapiNetworkError('network_error', message, { retryable: true })
}

/** Whether a 403 gives a reason of its own, and CAPI talks to this address all the same. */
async function isForThisCall(
  context: ClientContext,
  error: CscapiError,
  { machineId, endpoint, signal }: MachineCall,
  token: string,
): Promise<boolean> {
  if (endpoint === 'metrics' || !isOwnRefusal(error)) return false
  return isAddressWelcome(context, { machineId, token }, signal)
}
