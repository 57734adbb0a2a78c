import { setMaxListeners } from 'node:events'
import { AbortedError, type Clock, CscapiError } from '@cscapi/core'
import { ClientStoppedError } from '../errors.js'
import type { EventFeed } from '../observing/events.js'
import { STOP_DEADLINE_MS, type StopOptions } from './stop-options.js'
import type { StopReport } from './stop-report.js'
import { Underway } from './underway.js'

/**
 * The part of the deadline in which calls are finished; in the rest they are aborted and put back.
 */
const FINISHING = 0.75

/** Tells what of a client has to end before it is stopped, and waits for it. */
export class Shutdown {
  readonly #draining = new AbortController()
  readonly #aborting = new AbortController()
  readonly #running = new Underway()
  readonly #clock: Clock
  readonly #events: EventFeed
  readonly #leases: { readonly held: number }
  #deadlineMs = STOP_DEADLINE_MS
  #isStarted = false
  #stopped: Promise<StopReport> | undefined

  constructor(clock: Clock, events: EventFeed, leases: { readonly held: number }) {
    // Many calls at once on one signal are no leak worth a warning.
    setMaxListeners(0, this.#draining.signal, this.#aborting.signal)
    this.#clock = clock
    this.#events = events
    this.#leases = leases
  }

  /** Fires when nothing new may begin; what is in flight goes on. */
  get draining(): AbortSignal {
    return this.#draining.signal
  }

  /** Fires when what is in flight is broken off. */
  get aborting(): AbortSignal {
    return this.#aborting.signal
  }

  /** Whether the scheduler was started and has not been told to end. */
  get isStarted(): boolean {
    return this.#isStarted && !this.#draining.signal.aborted
  }

  /** Notes that the scheduler starts. @throws CscapiError `already_started`, ClientStoppedError */
  begin(deadlineMs: number): void {
    this.#assertGoing()
    if (this.#isStarted) throw new CscapiError('already_started', 'The client is started already; stop it first')
    this.#isStarted = true
    this.#deadlineMs = deadlineMs
  }

  /** Runs something that has to end before the client is stopped. @throws ClientStoppedError */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.#assertGoing()
    return this.#running.add(work())
  }

  /** Ends what runs and says what remains; a second call gets the first one's report. */
  stop(
    options: Pick<StopOptions, 'deadlineMs'>,
    stats: () => Promise<{ pending: number; leased: number }>,
  ): Promise<StopReport> {
    this.#stopped ??= this.#stop(options.deadlineMs ?? this.#deadlineMs, stats)
    return this.#stopped
  }

  /** Breaks everything off, and waits until it has ended. */
  async abort(): Promise<void> {
    this.#draining.abort(new ClientStoppedError())
    this.#aborting.abort(new AbortedError('The client'))
    await this.#running.ended()
  }

  async #stop(deadlineMs: number, stats: () => Promise<{ pending: number; leased: number }>): Promise<StopReport> {
    const startedAt = this.#clock.now()
    const puttingBackMs = deadlineMs * (1 - FINISHING)
    this.#draining.abort(new ClientStoppedError())
    await this.#within(deadlineMs * FINISHING, this.#ended())
    this.#aborting.abort(new AbortedError('The client'))
    const hasEnded = (await this.#within(puttingBackMs, this.#ended())) === true
    const remains = hasEnded
      ? await this.#within(
          puttingBackMs,
          stats().catch(() => undefined),
        )
      : undefined
    const report = {
      pending: remains?.pending,
      leased: remains?.leased,
      heldLeases: this.#leases.held,
      running: !hasEnded,
      durationMs: Math.max(this.#clock.now() - startedAt, 0),
    }
    this.#events.emit('stopped', report)
    return report
  }

  #assertGoing(): void {
    if (this.#draining.signal.aborted) throw new ClientStoppedError()
  }

  async #ended(): Promise<true> {
    await this.#running.ended()
    return true
  }

  /**
   * Gives what `work` brings if it does so within `ms` milliseconds, else `undefined`. No timer is
   * left.
   */
  async #within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
    const timer = new AbortController()
    try {
      return await Promise.race([work, this.#clock.sleep(Math.ceil(ms), timer.signal).then(() => undefined)])
    } finally {
      timer.abort()
    }
  }
}
