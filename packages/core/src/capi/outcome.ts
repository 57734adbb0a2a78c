import type { FailingReason } from '../machines/machine-store.js'
import type { EndpointName } from './endpoints/endpoint-name.js'

/**
 * What {@link decide} needs to know beside the answer. Everything that is left out counts as "no"
 * or 0.
 */
export interface DecideContext {
  /** Which call was answered. */
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
  /** Earlier 401 answers of this machine that a fresh login did not cure. */
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
