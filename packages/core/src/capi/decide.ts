import { type CscapiError, isCscapiError, lazily, readOptions } from '@cscapi/signals'
import * as z from 'zod'
import { CapiNetworkError, CapiProtocolError, CapiResponseError, CapiTimeoutError } from '../errors.js'
import type { FailingReason } from '../machines/machine-store.js'
import { growingDelay, halfToAll } from '../transport/backoff.js'
import { retryAfterOf } from './error-facts.js'
import type { DecideContext, Outcome } from './outcome.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Two 401 in a row postpone a machine; this many such failures make it failing. */
const MAX_AUTH_FAILURES = 3
/**
 * The same 401 on this many machines in a row is the server's trouble, and no machine fails for it.
 */
export const SERVER_WIDE_UNAUTHORIZED = 3
/** A batch that only ever meets server errors is taken apart after so many attempts … */
export const SLOW_PATH_ATTEMPTS = 10
/** … over so many milliseconds. */
export const SLOW_PATH_MS = DAY_MS

const neededSchema = lazily(() =>
  z.object({
    endpoint: z.string(),
    retryDelayMs: z.number(),
    maxRetryDelayMs: z.number(),
    random: z.number(),
  }),
)

/**
 * Decides what is to be done about the error that a call threw: the whole policy of
 * docs/failures.md as one pure function.
 *
 * @throws InputError where the context lacks what a decision needs
 */
export function decide(error: CscapiError, context: DecideContext): Outcome {
  readOptions('Nothing was decided', neededSchema(), context)
  if (!isCscapiError(error)) return { action: 'raise' }
  switch (error.code) {
    case 'rate_limited':
      return { action: 'stop', afterMs: rateLimitDelay(error, context) }
    case 'forbidden':
      if (context.endpoint === 'signals' && context.addressWelcome) return splitOrReject(context)
      return { action: 'pause', forMs: Math.round(HOUR_MS * (1 + context.random / 10)) }
    case 'not_found':
      return { action: 'misconfigured', afterMs: delay(error, context) }
    case 'lock_busy':
      return postpone(error, context, false)
    case 'machine_failing':
    case 'machine_id_taken':
    case 'register_refused':
    case 'paused':
    case 'login_budget_spent':
      return { action: 'postpone', afterMs: retryAfterOf(error), transient: false, unauthorized: false }
  }
  if (!isAnswer(error)) return { action: 'raise' }
  // Whoever put the machine aside says until when.
  if ((error.code === 'credentials_refused' || error.code === 'machine_refused') && retryAfterOf(error) > 0)
    return postpone(error, { ...context, random: 0 }, false)
  if (isTransient(error)) return decideTransient(error, context)
  switch (context.endpoint) {
    case 'register':
      if (error.code === 'already_registered') return { action: 'login' }
      // Where the caller keeps count of the machines in a row, a 401 is counted as one for a fresh
      // token is: it may be everybody's.
      if (error.code === 'unauthorized' && context.unauthorizedMachines !== undefined)
        return decideUnauthorized(error, context)
      return fail('register_refused', context)
    case 'login':
      if (error.code === 'machine_refused') return fail('machine_refused', context)
      if (error.code !== 'credentials_refused') return decideLogin(error, context)
      return fail(context.alreadyRegistered ? 'machine_id_taken' : 'credentials_refused', context)
    default:
      return decideAuthenticated(error, context)
  }
}

function decideAuthenticated(error: CscapiError, context: DecideContext): Outcome {
  if (error.code === 'unauthorized') return decideUnauthorized(error, context)
  if (context.endpoint !== 'signals') return { action: 'raise' }
  if (error.code === 'machine_refused') return fail('machine_refused', context)
  if (error.code === 'too_large' || error.code === 'bad_request' || error.code === 'unprocessable')
    return splitOrReject(context)
  return postpone(error, context, false)
}

function decideUnauthorized(error: CscapiError, context: DecideContext): Outcome {
  if (!context.reauthenticated) return { action: 'login' }
  if (isServerWide(context)) return { ...postpone(error, context, false), unauthorized: true, serverWide: true }
  if ((context.authFailures ?? 0) + 1 >= MAX_AUTH_FAILURES) return fail('unauthorized', context)
  return { ...postpone(error, context, false), unauthorized: true }
}

/** A login that is answered without a word about id and password. A 401 may be everybody's. */
function decideLogin(error: CscapiError, context: DecideContext): Outcome {
  const isEverybodys = error.code === 'unauthorized' && isServerWide(context)
  return { ...postpone(error, context, false), ...(isEverybodys && { serverWide: true }) }
}

function isServerWide({ unauthorizedMachines = 0 }: DecideContext): boolean {
  return unauthorizedMachines >= SERVER_WIDE_UNAUTHORIZED
}

function decideTransient(error: CscapiError, context: DecideContext): Outcome {
  const isWorn = (context.attempts ?? 0) >= SLOW_PATH_ATTEMPTS && (context.attemptsForMs ?? 0) >= SLOW_PATH_MS
  if (context.endpoint === 'signals' && isWorn && context.othersGetThrough && error.code === 'server_error') {
    return splitOrReject(context)
  }
  return postpone(error, context, true)
}

/**
 * An answer of CAPI, or its absence; not a failure of the store, an abort or a caller's mistake.
 */
function isAnswer(error: CscapiError): boolean {
  return (
    error instanceof CapiResponseError ||
    error instanceof CapiNetworkError ||
    error instanceof CapiTimeoutError ||
    error instanceof CapiProtocolError
  )
}

/** Nothing to do with what was sent: refused, reset, timed out, unreadable, 408, 425, 5xx. */
function isTransient(error: CscapiError): boolean {
  return error.retryable && error.code !== 'unauthorized'
}

function splitOrReject(context: DecideContext): Outcome {
  return { action: (context.batchSize ?? 1) > 1 ? 'split' : 'reject' }
}

function fail(reason: FailingReason, context: DecideContext): Outcome {
  const count = (context.failingCount ?? 0) + 1
  return { action: 'fail', reason, count, retryAfterMs: growingDelay(HOUR_MS, count - 1, DAY_MS) }
}

function postpone(
  error: CscapiError,
  context: DecideContext,
  transient: boolean,
): Extract<Outcome, { action: 'postpone' }> {
  return { action: 'postpone', afterMs: delay(error, context), transient, unauthorized: false }
}

/** Backs off exponentially with full jitter, and never less than the server asked for. */
function delay(error: CscapiError, { retryDelayMs, maxRetryDelayMs, attempts = 0, random }: DecideContext): number {
  return Math.max(Math.round(random * growingDelay(retryDelayMs, attempts, maxRetryDelayMs)), retryAfterOf(error))
}

/** A limit per address is no matter of one batch's attempts. */
function rateLimitDelay(error: CscapiError, context: DecideContext): number {
  const isTold = error instanceof CapiResponseError && error.retryAfterMs !== undefined
  return isTold ? delay(error, context) : Math.round(halfToAll(context.maxRetryDelayMs, context.random))
}
