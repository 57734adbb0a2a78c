import { halfToAll, readPause } from '@cscapi/core'
import type { ClientContext } from '../context.js'
import { countedCapi } from './counted-capi.js'
import { Problems } from './problems.js'
import { emptyReport, type SendReport, type StopReason } from './send-report.js'
import { TokenDoubt } from './token-doubt.js'

/** What one run asks for. All but `signal` and `onProgress` default to the client's options. */
export interface RunSettings {
  readonly concurrency: number
  readonly batchSize: number
  readonly keepSent: boolean
  readonly signal: AbortSignal
  /** Fires when calls under way are finished, and no more are made. */
  readonly draining: AbortSignal
}

/** Holds what the workers of one run share. */
export class SendRun {
  readonly context: ClientContext
  readonly settings: RunSettings
  readonly #report = emptyReport()
  readonly #startedAt: number
  /** Of this run alone. */
  readonly #counts = { requests: 0, logins: 0 }
  /** Machines that got signals through. */
  readonly delivered = new Set<string>()
  readonly problems = new Problems()
  readonly doubt = new TokenDoubt(() => this.ending)
  #transientInARow = 0
  #failed = false

  constructor(context: ClientContext, settings: RunSettings) {
    this.context = { ...context, capi: countedCapi(context.capi, this.#counts) }
    this.settings = settings
    this.#startedAt = context.options.clock.now()
  }

  /** Whether workers take nothing more and put back what they hold. */
  get ending(): boolean {
    return this.#failed || this.#report.stopped !== undefined || this.isBrokenOff
  }

  /** Whether the caller wants the run to end. */
  get isBrokenOff(): boolean {
    return this.settings.signal.aborted || this.settings.draining.aborted
  }

  /** One worker met an error that ends the run. */
  fail(): void {
    this.#failed = true
  }

  stop(reason: StopReason, resumeInMs: number): void {
    this.#report.stopped = reason
    this.#report.resumeInMs = resumeInMs
  }

  /** Whether the store is paused, by whichever process; the run stops then. */
  async meetsPause(): Promise<boolean> {
    const pause = await readPause(this.context.storage)
    if (pause === undefined) return false
    this.problems.paused(pause)
    this.stop(pause.reason, pause.remainingMs)
    return true
  }

  /** Signals that this run has dealt with: sent, rejected or put back. */
  get handled(): number {
    const { sent, rejected, postponed } = this.#report
    return sent + rejected + postponed
  }

  /** CAPI answered in a way that no outage would explain. */
  answered(): void {
    this.#transientInARow = 0
  }

  /** Counts an answer that may be an outage; true when it was one too many. */
  countTransient(): boolean {
    this.#transientInARow += 1
    return this.#transientInARow >= this.context.options.outageThreshold
  }

  /** Gives half to all of the longest backoff, so that many do not come back at once. */
  outageWaitMs(): number {
    const { maxRetryDelayMs, random } = this.context.options
    return Math.round(halfToAll(maxRetryDelayMs, random()))
  }

  count(result: { sent: number; rejected: number; postponed: number; failing: number }): void {
    this.#report.sent += result.sent
    this.#report.rejected += result.rejected
    this.#report.postponed += result.postponed
    this.#report.failing += result.failing
  }

  report(): SendReport {
    return {
      ...this.#report,
      ...this.#counts,
      // A clock may be set back meanwhile.
      durationMs: Math.max(this.context.options.clock.now() - this.#startedAt, 0),
      problems: this.problems.list(),
    }
  }
}
