import {
  AbortedError,
  CapiNetworkError,
  type CscapiError,
  decide,
  type EndpointName,
  isCscapiError,
  pausedError,
  readPause,
  sleepUnlessAborted,
} from '@cscapi/core'
import type { ClientContext } from '../context.js'
import { noteUnauthorized } from '../sending/unauthorized.js'
import { forbid, isAddressWelcome, isOwnRefusal, probeAfterBan } from './probe-after-ban.js'

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
  { machineId, endpoint, scenarios, signal }: MachineCall,
  call: (token: string) => Promise<T>,
): Promise<T> {
  const { authenticator, options } = context
  const { retryDelayMs, maxRetryDelayMs, maxRetries, clock, random } = options
  let refused: string | undefined
  for (let attempts = 0; ; ) {
    await assertWelcome(context, machineId, endpoint, signal)
    let token: string | undefined
    try {
      token = await authenticator.authenticate(machineId, { refused, scenarios, signal })
      const answer = await call(token)
      await authenticator.succeeded(await context.storage.getMachine(machineId))
      return answer
    } catch (error) {
      if (signal?.aborted) throw new AbortedError(`The ${endpoint} call of machine ${machineId}`, { machineId })
      if (!isCscapiError(error)) throw error
      const policy = {
        retryDelayMs,
        maxRetryDelayMs,
        random: random(),
        attempts,
        reauthenticated: refused !== undefined,
      }
      const outcome = decide(error, { endpoint: token === undefined ? 'login' : endpoint, ...policy })
      if (outcome.action === 'login') {
        refused = token
        continue
      }
      if (
        outcome.action === 'pause' &&
        !(await isForThisCall(context, error, { machineId, token, endpoint, signal }))
      ) {
        await forbid(context, error, outcome.forMs)
      }
      if (outcome.action !== 'postpone') throw error
      if (error.code === 'unauthorized') {
        await noteUnauthorized(context, machineId, error, {
          endpoint: token === undefined ? 'login' : endpoint,
          ...policy,
        })
      }
      if (!outcome.transient || attempts >= maxRetries || outcome.afterMs > maxRetryDelayMs) throw error
      attempts += 1
      await sleepUnlessAborted(
        clock,
        outcome.afterMs,
        signal,
        `The ${endpoint} call of machine ${machineId}`,
        machineId,
      )
    }
  }
}

async function assertWelcome(
  context: ClientContext,
  machineId: string,
  endpoint: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const pause = await readPause(context.storage)
  if (pause?.reason === 'forbidden') throw pausedError(endpoint, pause)
  if (await probeAfterBan(context, signal)) return
  if (signal?.aborted) throw new AbortedError(`The ${endpoint} call of machine ${machineId}`, { machineId })
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
  { machineId, token, endpoint, signal }: MachineCall & { token: string | undefined },
): Promise<boolean> {
  if (token === undefined || endpoint === 'metrics' || !isOwnRefusal(error)) return false
  return isAddressWelcome(context, { machineId, token }, signal)
}
