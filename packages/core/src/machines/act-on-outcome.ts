import type { CscapiError } from '@cscapi/signals'
import { decide } from '../capi/decide.js'
import type { EndpointName } from '../capi/endpoints/endpoint-name.js'
import { refusalText } from '../capi/error-facts.js'
import type { DecideContext, Outcome } from '../capi/outcome.js'
import type { Clock } from '../clock.js'
import { extendPause, type PauseReason, readPause } from '../state/pause.js'
import type { StateStore } from '../state/state-store.js'
import { growingDelay, halfToAll } from '../transport/backoff.js'
import type { FailingReason, Machine, MachineStore } from './machine-store.js'
import { UnauthorizedStreak } from './unauthorized-streak.js'

/** What is known of a call that failed, beside its error. */
export interface FailedCall
  extends Omit<DecideContext, 'retryDelayMs' | 'maxRetryDelayMs' | 'random' | 'authFailures' | 'unauthorizedMachines'> {
  /** Whose call it was. */
  readonly machineId: string
}

/** An outcome that the store knows of already; `paused` where every process of it waits now. */
export type Conclusion = Outcome & { readonly paused?: { readonly reason: PauseReason; readonly forMs: number } }

/** A pause that is to be written down, and the failure that it comes of. Times are milliseconds. */
export interface DuePause {
  /** Why nobody may call. */
  readonly reason: PauseReason
  /** What CAPI answered. */
  readonly error: CscapiError
  /** Which call was answered so. */
  readonly endpoint: EndpointName
  /** Whose call it was. */
  readonly machineId: string
  /** How long, in milliseconds. */
  readonly forMs: number
}

/** What is written down of a machine that begins to fail, or goes on failing. */
export interface FailingNote {
  /** Why it is left alone. */
  readonly reason: FailingReason
  /** CAPI's message, if any. */
  readonly message: string | undefined
  /** How long it is left alone, in milliseconds. */
  readonly retryAfterMs: number
}

export interface OutcomesOptions {
  readonly store: MachineStore & StateStore
  readonly clock: Clock
  /** From 0 (inclusive) to 1. */
  readonly random: () => number
  readonly retryDelayMs: number
  readonly maxRetryDelayMs: number
  /** Called after the store was told that a machine is left alone. */
  readonly onFailing?: (machineId: string, failing: FailingNote) => void
  /** Writes a pause into the store, for every process. Default: {@link extendPause}. */
  readonly pauseStore?: (pause: DuePause) => Promise<void>
}

/** However often tokens were refused before, nobody waits longer for them, in milliseconds. */
const LONGEST_UNAUTHORIZED_MS = 3_600_000

/**
 * Decides what the failure of a call means, once for each, and writes down what every process of
 * the store has to know of it: a machine that is left alone, a 401 that counts, a pause.
 */
export class Outcomes {
  readonly #options: OutcomesOptions
  readonly #streak: UnauthorizedStreak

  constructor(options: OutcomesOptions) {
    this.#options = options
    this.#streak = new UnauthorizedStreak(options.store, options.clock)
  }

  /** Decides once what a failed call means, and acts on it. */
  async conclude(error: CscapiError, call: FailedCall): Promise<Conclusion> {
    const isTokenless = call.endpoint === 'login' || call.endpoint === 'register'
    if (error.code === 'unauthorized' && (isTokenless || call.reauthenticated))
      return this.#countUnauthorized(error, call)
    const outcome = this.#decide(error, call)
    if (outcome.action === 'fail') await this.#putAside(outcome, error, call.machineId)
    return outcome.action === 'pause' ? this.#pause('forbidden', outcome, outcome.forMs, error, call) : outcome
  }

  /** A call with this machine's token was answered 2xx. */
  async succeeded(machine: Pick<Machine, 'machineId' | 'authFailures' | 'failing'> | undefined): Promise<void> {
    await this.#streak.end()
    if (machine === undefined || (machine.authFailures === 0 && machine.failing === undefined)) return
    await this.#options.store.updateMachine(machine.machineId, { authFailures: 0, failing: null })
  }

  #decide(error: CscapiError, { machineId: _, ...call }: FailedCall, facts: Partial<DecideContext> = {}): Outcome {
    const { random, retryDelayMs, maxRetryDelayMs } = this.#options
    return decide(error, { ...call, ...facts, retryDelayMs, maxRetryDelayMs, random: random() })
  }

  /**
   * Counts a 401 that no fresh token helps against the machine, unless CAPI answers machine after
   * machine so: then every process waits, longer from time to time.
   */
  async #countUnauthorized(error: CscapiError, call: FailedCall): Promise<Conclusion> {
    const { machineId } = call
    const unauthorizedMachines = await this.#streak.add(machineId)
    const machine = await this.#options.store.getMachine(machineId)
    const authFailures = machine?.authFailures ?? 0
    const failingCount = machine?.failing?.count ?? 0
    const facts = { reauthenticated: true, authFailures, unauthorizedMachines, failingCount }
    const outcome = this.#decide(error, call, facts)
    if (outcome.action === 'postpone' && outcome.serverWide) return this.#waitForTokens(outcome, error, call)
    if (machine === undefined) return outcome
    if (outcome.action === 'fail') await this.#putAside(outcome, error, machineId)
    if (outcome.action === 'postpone' && outcome.unauthorized) {
      await this.#options.store.updateMachine(machineId, { authFailures: authFailures + 1 })
    }
    return outcome
  }

  async #waitForTokens(outcome: Outcome, error: CscapiError, call: FailedCall): Promise<Conclusion> {
    const { store, maxRetryDelayMs, random } = this.#options
    const pause = await readPause(store)
    if (pause !== undefined) return { ...outcome, paused: { reason: 'unauthorized', forMs: pause.remainingMs } }
    const before = await this.#streak.countStop()
    const forMs = Math.round(growingDelay(halfToAll(maxRetryDelayMs, random()), before, LONGEST_UNAUTHORIZED_MS))
    return this.#pause('unauthorized', outcome, forMs, error, call)
  }

  async #pause(
    reason: PauseReason,
    outcome: Outcome,
    forMs: number,
    error: CscapiError,
    { endpoint, machineId }: FailedCall,
  ): Promise<Conclusion> {
    const { store, pauseStore } = this.#options
    if (pauseStore === undefined) await extendPause(store, { reason, message: refusalText(error), forMs })
    else await pauseStore({ reason, error, endpoint, machineId, forMs })
    return { ...outcome, paused: { reason, forMs } }
  }

  async #putAside(
    { reason, count, retryAfterMs }: Extract<Outcome, { action: 'fail' }>,
    error: CscapiError,
    machineId: string,
  ): Promise<void> {
    const message = refusalText(error)
    await this.#options.store.updateMachine(machineId, { failing: { reason, message, count, retryAfterMs } })
    this.#options.onFailing?.(machineId, { reason, message, retryAfterMs })
  }
}
