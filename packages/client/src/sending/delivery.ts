import { type Authentication, type CscapiError, isCscapiError, SLOW_PATH_ATTEMPTS } from '@cscapi/core'
import type { SignalLease } from '@cscapi/storage'
import { isSuspect } from '../bans/ban-marks.js'
import { isAddressWelcome, isOwnRefusal } from '../bans/ban-probe.js'
import { actOn, type Failure } from './act-on-failure.js'
import { HeldLease } from './extend-lease.js'
import { othersGetThrough } from './got-through.js'
import type { SendRun } from './send-run.js'
import { Settlement } from './settlement.js'
import { type Batch, PostPlan } from './split-batch.js'

/**
 * Posts the signals of one lease, then settles it: whatever happens, what CAPI took and refused is
 * written down and the rest is put back.
 */
export async function deliver(run: SendRun, lease: SignalLease): Promise<void> {
  const delivery = new Delivery(run, lease)
  try {
    await delivery.post()
  } finally {
    await delivery.settle()
  }
}

class Delivery {
  readonly #run: SendRun
  readonly #lease: SignalLease
  readonly #held: HeldLease
  readonly #plan: PostPlan
  readonly #settlement: Settlement
  #refusedToken: string | undefined
  /** Whether CAPI has answered another call since these signals were refused. */
  #isWelcome = false
  /** Ends this delivery's turn to log in. */
  #endTurn: (() => void) | undefined

  constructor(run: SendRun, lease: SignalLease) {
    const { storage, options } = run.context
    this.#run = run
    this.#lease = lease
    this.#held = new HeldLease(storage, lease, options)
    this.#plan = new PostPlan(lease.signals, options.maxBatchBytes)
    this.#settlement = new Settlement(run, lease)
  }

  async post(): Promise<void> {
    for (let batch = this.#plan.first; batch !== undefined; batch = this.#plan.first) {
      if (this.#settlement.isPutBack || this.#run.ending || !(await this.#held.extendIfDue())) return
      const failure = await this.#post(batch)
      if (failure === undefined) continue
      const { outcome, refusedToken } = failure
      if (outcome.action === 'login') this.#refusedToken = refusedToken
      await actOn(failure, batch, {
        run: this.#run,
        lease: this.#lease,
        plan: this.#plan,
        settlement: this.#settlement,
      })
    }
  }

  async settle(): Promise<void> {
    this.#endTurn?.()
    await this.#settlement.settle(this.#held.isLost)
  }

  /** Returns what went wrong; nothing did where the run or the lease ended meanwhile. */
  async #post(batch: Batch): Promise<Failure | undefined> {
    const { capi, outcomes } = this.#run.context
    const { machineId, machine } = this.#lease
    const { signal } = this.#run.settings
    const login = await this.#logIn()
    if (login?.token === undefined) return login
    const { token } = login
    try {
      await capi.pushSignals({ token, payloads: batch.map(({ payload }) => payload) }, { signal, machineId })
    } catch (error) {
      if (signal.aborted) return undefined
      if (!isCscapiError(error)) throw error
      return this.#conclude(error, batch, token)
    }
    this.#run.answered()
    this.#run.doubt.accepted()
    this.#settlement.sent(batch)
    this.#plan.posted()
    await outcomes.succeeded(machine)
    return undefined
  }

  /** Gets a token, once it may; `undefined` where the run or the lease ended meanwhile. */
  async #logIn(): Promise<Authentication | undefined> {
    const { authenticator, capi } = this.#run.context
    const { machineId, machine, attempts } = this.#lease
    const { signal } = this.#run.settings
    const { doubt } = this.#run
    const refused = this.#refusedToken
    if ((refused !== undefined || !authenticator.hasToken(machine)) && !(await this.#mayLogIn())) return undefined
    const known = refused === undefined && !this.#settlement.hasSent ? machine : undefined
    try {
      const login = await authenticator.tryToAuthenticate(machineId, {
        machine: known,
        refused,
        attempts,
        capi,
        signal,
      })
      if (signal.aborted) return undefined
      if (login.token === undefined) {
        if (login.error.code === 'unauthorized') doubt.refusedFresh()
        else if (login.wasAsked) doubt.accepted()
        return login
      }
      // Waiting for another process's login, and then one of our own, may take longer than a lease.
      return (await this.#held.extendIfDue()) ? login : undefined
    } catch (error) {
      if (signal.aborted) return undefined
      throw error
    }
  }

  /** Waits for the turn to log in. False when the run ended meanwhile, or the lease is lost. */
  async #mayLogIn(): Promise<boolean> {
    this.#endTurn ??= await this.#run.doubt.takeTurn()
    return !this.#run.ending && (await this.#held.extendIfDue())
  }

  /** Gathers what a decision about refused signals needs, and has it made. */
  async #conclude(error: CscapiError, batch: Batch, token: string): Promise<Failure> {
    const { context, doubt } = this.#run
    const { attempts, attemptsForMs, machineId, machine } = this.#lease
    if (error.code !== 'unauthorized') doubt.accepted()
    const isWorn = attempts >= SLOW_PATH_ATTEMPTS
    const outcome = await context.outcomes.conclude(error, {
      endpoint: 'signals',
      machineId,
      attempts,
      attemptsForMs,
      othersGetThrough: isWorn && (await othersGetThrough(context.storage, machineId)),
      batchSize: batch.length,
      reauthenticated: error.code === 'unauthorized' && (await this.#isPastHelp(token)),
      failingCount: machine?.failing?.count ?? 0,
      addressWelcome: error.code === 'forbidden' && (await this.#isForThese(error, token)),
    })
    return { error, outcome, wasAsked: true, refusedToken: token }
  }

  /** Whether another login would not help against a 401. */
  async #isPastHelp(token: string): Promise<boolean> {
    const { doubt } = this.#run
    doubt.refused()
    const isPastHelp =
      this.#refusedToken !== undefined ||
      (token !== this.#lease.machine?.token?.value && (await this.#mayLogIn()) && doubt.hasRefusedFresh)
    if (isPastHelp) doubt.refusedFresh()
    return isPastHelp
  }

  /**
   * Whether a 403 is about these signals alone: it says something of its own, or the last ban began
   * with them, and CAPI talks to this address.
   */
  async #isForThese(error: CscapiError, token: string): Promise<boolean> {
    const { context, settings } = this.#run
    const { machineId } = this.#lease
    if (!isOwnRefusal(error) && !(await isSuspect(context.storage, machineId))) return false
    this.#isWelcome ||= await isAddressWelcome(context, { machineId, token }, settings.signal)
    return this.#isWelcome
  }
}
