import { type CscapiError, isCscapiError, readOptions } from '@cscapi/signals'
import * as z from 'zod'
import {
  CapiNetworkError,
  CapiProtocolError,
  CapiResponseError,
  CapiTimeoutError,
  LoginBudgetError,
} from '../errors.js'
import type { FailingReason } from '../machines/machine-store.js'
import type { EndpointName } from './endpoints/endpoint-name.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Two 401 in a row postpone a machine; this many such failures make it failing. */
export const MAX_AUTH_FAILURES = 3
/**
 * The same 401 on this many machines in a row is the server's trouble, and no machine fails for it.
 */
export const SERVER_WIDE_UNAUTHORIZED = 3
/** A batch that only ever meets server errors is taken apart after so many attempts … */
export const SLOW_PATH_ATTEMPTS = 10
/** … over so many milliseconds. */
export const SLOW_PATH_MS = DAY_MS

/**
 * What {@link decide} needs to know beside the answer. Everything that is left out counts as "no"
 * or 0.
 */
export interface DecideContext {
  readonly endpoint: EndpointName
  /** Delay before the first repeat, in milliseconds; doubles with each attempt. */
  readonly retryDelayMs: number
  /** Upper bound of the backoff, in milliseconds. */
  readonly maxRetryDelayMs: number
  /** A random number from 0 (inclusive) to 1: the jitter. */
  readonly random: number
  /** Attempts before this one. */
  readonly attempts?: number
  /** Milliseconds since the first of these attempts. */
  readonly attemptsForMs?: number
  /** Whether other machines got through meanwhile. */
  readonly othersGetThrough?: boolean
  /** Signals in the batch. */
  readonly batchSize?: number
  /** Whether this call was repeated with a fresh token already. */
  readonly reauthenticated?: boolean
  /** Earlier failures of this machine as {@link MAX_AUTH_FAILURES} counts them. */
  readonly authFailures?: number
  /** Machines in a row, this one included, that a fresh token did not help. */
  readonly unauthorizedMachines?: number
  /** How often in a row the machine was found failing. */
  readonly failingCount?: number
  /**
   * On login: CAPI said that the machine id is registered already, and the login shows whether it
   * is ours.
   */
  readonly alreadyRegistered?: boolean
  /** On a 403: the address was shown to be welcome since, so these signals alone are refused. */
  readonly addressWelcome?: boolean
}

/** What is to be done about an answer. All times are milliseconds. */
export type Outcome =
  /** It worked. */
  | { readonly action: 'done' }
  /** Log in once and repeat the call once; on register: log in with the stored password. */
  | { readonly action: 'login' }
  /**
   * Put back, try later. `transient`: an outage may be behind it. `unauthorized`: counts as an
   * authentication failure. `serverWide`: CAPI refuses machine after machine, so the run ends.
   */
  | {
      readonly action: 'postpone'
      readonly afterMs: number
      readonly transient: boolean
      readonly unauthorized: boolean
      readonly serverWide?: true
    }
  /** Leave the machine alone for a while. */
  | { readonly action: 'fail'; readonly reason: FailingReason; readonly count: number; readonly retryAfterMs: number }
  /** CAPI forbids this address: nobody sends anything. */
  | { readonly action: 'pause'; readonly forMs: number }
  /** Limits are per address: put back, and end the run. */
  | { readonly action: 'stop'; readonly afterMs: number }
  /** There is no CAPI at this address, whichever machine asks: put back, and end the run. */
  | { readonly action: 'misconfigured'; readonly afterMs: number }
  /** Halve the batch and post the halves. */
  | { readonly action: 'split' }
  /** This one signal is a dead letter. */
  | { readonly action: 'reject' }
  /** Give the error to the caller: repeating would not help. */
  | { readonly action: 'raise' }

const neededSchema = z.object({
  endpoint: z.string(),
  retryDelayMs: z.number(),
  maxRetryDelayMs: z.number(),
  random: z.number(),
})

/**
 * Decides what an answer of CAPI means: the failure table of the design, as one pure function.
 * `error` is what the call threw, or `undefined` when it answered 2xx.
 *
 * @throws InputError where the context lacks what a decision needs
 */
export function decide(error: CscapiError | undefined, context: DecideContext): Outcome {
  readOptions('Nothing was decided', neededSchema, context)
  if (error === undefined) return { action: 'done' }
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
  // The authenticator has put the machine aside already, and says until when.
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
  return { action: 'fail', reason, count, retryAfterMs: Math.min(HOUR_MS * 2 ** Math.min(count - 1, 10), DAY_MS) }
}

function postpone(
  error: CscapiError,
  context: DecideContext,
  transient: boolean,
): Extract<Outcome, { action: 'postpone' }> {
  return { action: 'postpone', afterMs: delay(error, context), transient, unauthorized: false }
}

/** Exponential backoff with full jitter, and never less than the server asked for. */
function delay(error: CscapiError, context: DecideContext): number {
  const ceiling = Math.min(context.retryDelayMs * 2 ** Math.min(context.attempts ?? 0, 30), context.maxRetryDelayMs)
  return Math.max(Math.round(context.random * ceiling), retryAfterOf(error))
}

/**
 * A server that does not say for how long is left alone for half to all of the longest backoff: a
 * limit per address is no matter of one batch's attempts.
 */
function rateLimitDelay(error: CscapiError, context: DecideContext): number {
  const isTold = error instanceof CapiResponseError && error.retryAfterMs !== undefined
  return isTold ? delay(error, context) : Math.round(context.maxRetryDelayMs * (0.5 + context.random / 2))
}

function retryAfterOf(error: CscapiError): number {
  return error instanceof CapiResponseError || error instanceof LoginBudgetError ? (error.retryAfterMs ?? 0) : 0
}
