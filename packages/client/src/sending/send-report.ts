import type { Problem } from './problems.js'

/** Why a run ended before everything due was sent. The rest stays in the store. */
export type StopReason =
  /** CAPI did not answer, or answered 5xx, several times in a row. */
  | 'outage'
  /** 429: limits are per address. */
  | 'rate_limited'
  /** 403: CAPI blocks this address. */
  | 'forbidden'
  /** 401 for fresh tokens of three machines in a row: CAPI refuses everybody. */
  | 'unauthorized'
  /**
   * 404 or 405: there is no CAPI at this address. No process waits for it; put the base URL right.
   */
  | 'misconfigured'

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
  readonly pendingAtStart: number
}

export function emptyReport(): SendReport {
  return { sent: 0, rejected: 0, postponed: 0, failing: 0, requests: 0, logins: 0, durationMs: 0, problems: [] }
}
