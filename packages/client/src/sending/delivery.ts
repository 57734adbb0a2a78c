import {
  CapiAuthError,
  CapiResponseError,
  type CscapiError,
  type DecideContext,
  decide,
  isCscapiError,
  type Outcome,
  SLOW_PATH_ATTEMPTS,
} from '@cscapi/core'
import type { LeaseResult, RejectedSignal, SignalLease } from '@cscapi/storage'
import { isAddressWelcome, isOwnRefusal, isSuspect, pauseStore } from '../calling/probe-after-ban.js'
import { type Batch, PostPlan } from './bisect.js'
import { othersGetThrough } from './got-through.js'
import { textOf } from './problems.js'
import type { SendRun } from './send-run.js'
import { noteUnauthorized } from './unauthorized.js'

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
  readonly #leasedAt: { value: number }
  readonly #sent: string[] = []
  readonly #rejected: RejectedSignal[] = []
  /** Why, in the order of the rejected. */
  readonly #refusals: CscapiError[] = []
  readonly #plan: PostPlan
  #retry: LeaseResult['retry']
  #failing = 0
  #refusedToken: string | undefined
  /** Why the rest is put back. */
  #error: CscapiError | undefined
  #lost = false
  /** Whether CAPI has answered another call since these signals were refused. */
  #isWelcome = false
  /** Ends this delivery's turn to log in. */
  #endTurn: (() => void) | undefined

  constructor(run: SendRun, lease: SignalLease) {
    this.#run = run
    this.#lease = lease
    this.#leasedAt = { value: run.context.options.clock.now() }
    this.#plan = new PostPlan(lease.signals, run.context.options.maxBatchBytes)
  }

  async post(): Promise<void> {
    for (let batch = this.#plan.first; batch !== undefined; batch = this.#plan.first) {
      if (this.#retry !== undefined || this.#lost || this.#run.ending) return
      if (!(await this.#holds())) return
      await this.#post(batch)
    }
  }

  async #holds(): Promise<boolean> {
    this.#lost = !(await this.#run.hold(this.#lease, this.#leasedAt))
    return !this.#lost
  }

  async settle(): Promise<void> {
    this.#endTurn?.()
    const { storage } = this.#run.context
    const result = { sent: this.#sent, rejected: this.#rejected, keepSent: this.#run.settings.keepSent }
    const retry = this.#retry
    const { lost } = this.#lost
      ? { lost: true }
      : await storage.settle(this.#lease, retry === undefined ? result : { ...result, retry })
    const sent = this.#sent.length
    const rejected = lost ? 0 : this.#rejected.length
    const postponed = lost ? 0 : this.#lease.signals.length - sent - rejected
    this.#run.count({ sent, rejected, postponed, failing: this.#failing })
    if (sent > 0) this.#run.delivered.add(this.#lease.machineId)
    // What another worker has taken over is its to tell.
    if (lost) this.#run.problems.leaseLost(this.#lease.machineId, this.#lease.signals.length)
    else this.#tell(postponed)
  }

  #tell(postponed: number): void {
    const { problems } = this.#run
    const { events } = this.#run.context
    const { machineId } = this.#lease
    for (const error of this.#refusals) problems.rejected(error, machineId, 1)
    // A pause that ended this run is told by what it came of.
    const isTold = this.#error?.code === 'paused' && this.#run.ending
    if (postponed > 0 && this.#error !== undefined && !isTold) problems.putBack(this.#error, machineId, postponed)
    if (this.#sent.length > 0) events.emit('sent', { machineId, count: this.#sent.length })
    for (const { reason, status, uuids } of byReason(this.#rejected)) {
      events.emit('rejected', { machineId, uuids, reason, status })
    }
    const afterMs = this.#retry?.afterMs ?? 0
    if (postponed > 0) events.emit('postponed', { machineId, count: postponed, afterMs, error: this.#error })
  }

  async #post(batch: Batch): Promise<void> {
    const { authenticator, capi } = this.#run.context
    const { machineId, machine } = this.#lease
    const { signal } = this.#run.settings
    let token: string | undefined
    const needsLogin = this.#refusedToken !== undefined || !authenticator.hasToken(machine)
    if (needsLogin && !(await this.#mayLogIn())) return
    try {
      const isFirstTry = this.#sent.length === 0 && this.#refusedToken === undefined
      const known = isFirstTry ? machine : undefined
      token = await authenticator.authenticate(machineId, { machine: known, refused: this.#refusedToken, signal })
      // Waiting for another process's login, and then one of our own, may take longer than a lease.
      if (!(await this.#holds())) return
      await capi.pushSignals({ token, payloads: batch.map(({ payload }) => payload) }, { signal, machineId })
    } catch (error) {
      if (signal.aborted) return
      if (!isCscapiError(error)) throw error
      await this.#act(await this.#decide(error, batch, token), error, batch, token)
      return
    }
    this.#run.answered()
    this.#run.doubt.accepted()
    for (const { uuid } of batch) this.#sent.push(uuid)
    this.#plan.posted()
    await authenticator.succeeded(machine)
  }

  /** Waits for the turn to log in. False when the run ended meanwhile, or the lease is lost. */
  async #mayLogIn(): Promise<boolean> {
    this.#endTurn ??= await this.#run.doubt.takeTurn()
    return !this.#run.ending && (await this.#holds())
  }

  async #decide(error: CscapiError, batch: Batch, token: string | undefined): Promise<Outcome> {
    const { attempts, attemptsForMs, machineId, machine } = this.#lease
    const { doubt } = this.#run
    const { authenticator } = this.#run.context
    const { retryDelayMs, maxRetryDelayMs, random } = this.#run.context.options
    const isFresh = this.#refusedToken !== undefined || token !== machine?.token?.value
    const context = {
      endpoint: token === undefined ? ('login' as const) : ('signals' as const),
      retryDelayMs,
      maxRetryDelayMs,
      random: random(),
      attempts,
      attemptsForMs,
      othersGetThrough:
        attempts >= SLOW_PATH_ATTEMPTS && (await othersGetThrough(this.#run.context.storage, machineId)),
      batchSize: batch.length,
      reauthenticated: this.#refusedToken !== undefined,
      failingCount: machine?.failing?.count ?? 0,
    }
    const outcome = decide(error, context)
    if (error.code === 'unauthorized') {
      doubt.refused()
      const isHelpless = outcome.action !== 'login' || (isFresh && (await this.#mayLogIn()) && doubt.hasRefusedFresh)
      return isHelpless ? this.#countUnauthorized(error, context) : outcome
    }
    if (!UNASKED.has(error.code)) doubt.accepted()
    // The authenticator writes down itself what a login leads to.
    if (outcome.action === 'fail' && token !== undefined) await authenticator.putAside(machineId, outcome, error)
    if (outcome.action === 'pause' && token !== undefined && (await this.#mayBeForThese(error))) {
      const { signal } = this.#run.settings
      this.#isWelcome ||= await isAddressWelcome(this.#run.context, { machineId, token }, signal)
      return decide(error, { ...context, addressWelcome: this.#isWelcome })
    }
    return outcome
  }

  /** Ends the run where machine after machine is answered so. */
  async #countUnauthorized(error: CscapiError, context: DecideContext): Promise<Outcome> {
    const { doubt, context: client } = this.#run
    doubt.refusedFresh()
    const { outcome, pausedForMs } = await noteUnauthorized(client, this.#lease.machineId, error, context)
    if (pausedForMs !== undefined) this.#run.stop('unauthorized', pausedForMs)
    return outcome
  }

  /**
   * Whether a 403 may be about these signals alone: it says something of its own, or the last ban
   * began with them.
   */
  async #mayBeForThese(error: CscapiError): Promise<boolean> {
    return isOwnRefusal(error) || (await isSuspect(this.#run.context, this.#lease.machineId))
  }

  async #act(outcome: Outcome, error: CscapiError, batch: Batch, token: string | undefined): Promise<void> {
    const run = this.#run
    const { machineId } = this.#lease
    const wasAsked = !UNASKED.has(error.code)
    if (wasAsked && !(outcome.action === 'postpone' && outcome.transient)) run.answered()
    this.#error = error
    switch (outcome.action) {
      case 'login':
        this.#refusedToken = token
        return
      case 'split':
        this.#plan.split()
        return
      case 'reject':
        for (const { uuid } of batch) {
          this.#rejected.push({ uuid, ...reasonOf(error) })
          this.#refusals.push(error)
        }
        this.#plan.rejected()
        return
      case 'fail':
        this.#failing = 1
        this.#retry = { afterMs: outcome.retryAfterMs, countsAsAttempt: false }
        return
      case 'postpone':
        if (isPutAside(error)) this.#failing = 1
        this.#retry = { afterMs: outcome.afterMs, countsAsAttempt: wasAsked && !isPutAside(error) }
        if (outcome.transient && run.countTransient()) await stopRun(run, 'outage', error, machineId)
        return
      case 'stop':
        this.#retry = { afterMs: outcome.afterMs, countsAsAttempt: false }
        return stopRun(run, 'rate_limited', error, machineId, outcome.afterMs)
      case 'pause':
        this.#retry = { afterMs: 0, countsAsAttempt: false }
        return stopRun(run, 'forbidden', error, machineId, outcome.forMs)
      case 'misconfigured':
        this.#retry = { afterMs: outcome.afterMs, countsAsAttempt: true }
        return run.stop('misconfigured', run.outageWaitMs())
      case 'done':
      case 'raise':
        throw error
    }
  }
}

async function stopRun(
  run: SendRun,
  reason: 'outage' | 'rate_limited' | 'forbidden',
  error: CscapiError,
  machineId: string,
  resumeInMs: number = run.outageWaitMs(),
): Promise<void> {
  run.stop(reason, resumeInMs)
  const message = error instanceof CapiResponseError ? error.serverMessage : textOf(error, machineId)
  await pauseStore(run.context, { reason, message, forMs: resumeInMs, machineId })
}

/** Nobody asked CAPI: such an error says nothing about it. */
const UNASKED: ReadonlySet<string> = new Set(['lock_busy', 'login_budget_spent', 'machine_failing', 'paused'])

/** The authenticator has left the machine alone for a while, and says until when. */
function isPutAside(error: CscapiError): boolean {
  return error instanceof CapiAuthError && error.code !== 'unauthorized' && error.retryAfterMs !== undefined
}

function reasonOf(error: CscapiError): Omit<RejectedSignal, 'uuid'> {
  if (!(error instanceof CapiResponseError)) return { reason: error.code }
  return { reason: error.serverMessage ?? error.code, status: error.status }
}

function byReason(rejected: readonly RejectedSignal[]): Iterable<{
  reason: string
  status: number | undefined
  uuids: string[]
}> {
  const groups = new Map<string, { reason: string; status: number | undefined; uuids: string[] }>()
  for (const { uuid, reason, status } of rejected) {
    const key = `${status} ${reason}`
    const group = groups.get(key) ?? { reason, status, uuids: [] }
    group.uuids.push(uuid)
    groups.set(key, group)
  }
  return groups.values()
}
