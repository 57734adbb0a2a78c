import { type CscapiError, type DecideContext, type Outcome, readPause } from '@cscapi/core'
import { pauseStore } from '../calling/probe-after-ban.js'
import type { ClientContext } from '../context.js'
import { textOf } from './problems.js'

/**
 * However often tokens were refused before, a run comes back after so many milliseconds at most.
 */
const LONGEST_MS = 3_600_000

/**
 * Counts a 401 that a fresh token did not help. Where CAPI answers machine after machine so,
 * sending waits in every process of the store, longer each time.
 */
export async function noteUnauthorized(
  context: ClientContext,
  machineId: string,
  error: CscapiError,
  policy: DecideContext,
): Promise<{ outcome: Outcome; pausedForMs?: number }> {
  const outcome = await context.authenticator.unauthorized(machineId, error, policy)
  if (outcome.action !== 'postpone' || outcome.serverWide !== true) return { outcome }
  const pause = await readPause(context.storage)
  if (pause !== undefined) return { outcome, pausedForMs: pause.remainingMs }
  const { maxRetryDelayMs, random } = context.options
  const before = await context.authenticator.countUnauthorizedStop()
  const forMs = Math.min(Math.round(maxRetryDelayMs * (0.5 + random() / 2) * 2 ** Math.min(before, 30)), LONGEST_MS)
  await pauseStore(context, { reason: 'unauthorized', message: textOf(error, machineId), forMs })
  return { outcome, pausedForMs: forMs }
}
