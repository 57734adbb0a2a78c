import { type CscapiError, isCscapiError } from '@cscapi/signals'
import { refusalText } from '../capi/error-facts.js'
import type { Conclusion, FailedCall, Outcomes } from './act-on-outcome.js'
import { failingError } from './failing.js'

/** Why a machine gets no token now, and what has been decided about it. */
export interface Refused {
  /** The token that was refused; `undefined` where the call had none. */
  readonly token?: undefined
  /** What CAPI answered. */
  readonly error: CscapiError
  /** What that answer means. */
  readonly outcome: Conclusion
  /** Whether CAPI was asked: otherwise the error says nothing about it. */
  readonly wasAsked: boolean
}

/**
 * Concludes a register or login call that failed.
 *
 * @throws what is no answer of CAPI
 */
export async function refusedBy(error: unknown, call: FailedCall, outcomes: Outcomes): Promise<Refused> {
  if (!isCscapiError(error)) throw error
  const outcome = await outcomes.conclude(error, call)
  if (outcome.action === 'raise') throw error
  return { error: tellingOf(error, outcome, call.machineId), outcome, wasAsked: true }
}

/** Tells when the next try is; an answer about tokens tells more as it is. */
function tellingOf(error: CscapiError, outcome: Conclusion, machineId: string): CscapiError {
  if (outcome.action !== 'fail' || outcome.reason === 'unauthorized') return error
  const { reason, retryAfterMs } = outcome
  return failingError(machineId, reason, { reason, message: refusalText(error), retryAfterMs })
}
