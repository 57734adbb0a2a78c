import type { PauseReason } from '@cscapi/core'

/**
 * Why a run ended before everything due was sent; the rest stays in the store. `outage`: CAPI did
 * not answer, or answered 5xx, several times in a row. `rate_limited`: 429; limits are per address.
 * `forbidden`: 403; CAPI blocks this address. `unauthorized`: 401 for fresh tokens of three
 * machines in a row. For these four, every process of the store waits. `misconfigured`: 404 or 405;
 * there is no CAPI at this address, and nobody waits for it: put the base URL right.
 */
export type StopReason = PauseReason | 'misconfigured'

/**
 * One kind of trouble that a run met. Holds no secret and no machine's id, and its text is bounded.
 */
export interface Problem {
  /**
   * An error's `code`; or a pause's reason, `lease_lost`, `not_due`, `other`. docs/errors.md has
   * them all.
   */
  readonly code: string
  /** What was attempted, on which host, and what to do, as it was said the first time. */
  readonly message: string
  /**
   * Signals that were put back or rejected because of it; for trouble without signals, such as a
   * metrics call, how often it was met. At least 1.
   */
  readonly count: number
  /** Machines that met it; 0 where it is about no machine, such as a pause. */
  readonly machines: number
}

/** What one run of `sendSignals` did. */
export interface SendReport {
  /** Signals that CAPI accepted. */
  sent: number
  /** Signals that became dead letters. */
  rejected: number
  /** Signals put back for later. */
  postponed: number
  /** Machines found failing, or still failing, in this run. */
  failing: number
  /** HTTP requests, logins and metrics included. */
  requests: number
  /** Logins made by this run. */
  logins: number
  /** Milliseconds. */
  durationMs: number
  /** Set when the run ended early. */
  stopped?: StopReason
  /** With `stopped`: milliseconds after which another run makes sense. */
  resumeInMs?: number
  /** Why signals were not sent, by kind, 21 at most. Empty when all was well. */
  problems: readonly Problem[]
}

/**
 * What `onProgress` is told after each lease: the report so far, and the pending signals the run
 * began with.
 */
export interface SendProgress extends Readonly<SendReport> {
  /** Signals that waited when the run began. */
  readonly pendingAtStart: number
}

export function emptyReport(): SendReport {
  return { sent: 0, rejected: 0, postponed: 0, failing: 0, requests: 0, logins: 0, durationMs: 0, problems: [] }
}
