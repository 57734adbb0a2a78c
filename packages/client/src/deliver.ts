import {
  CapiAuthError,
  CapiResponseError,
  type CscapiError,
  decide,
  isCscapiError,
  type Outcome,
  SLOW_PATH_ATTEMPTS,
} from '@cscapi/core'
import type { LeaseResult, RejectedSignal, SignalLease } from '@cscapi/storage'
import { isAddressWelcome, isSuspect, pauseStore } from './ban.js'
import { othersGetThrough } from './delivered.js'
import { type Batch, PostPlan } from './post-plan.js'
import type { SendRun } from './send-run.js'

/** Posts the signals of one lease, then settles it: whatever happens, what CAPI took and refused is written down and the rest is put back. */
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
  readonly #plan: PostPlan
  #retry: LeaseResult['retry']
  #failing = 0
  #refusedToken: string | undefined
  /** Why the rest is put back. */
  #error: CscapiError | undefined
  #lost = false

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
    if (!lost) this.#tell(postponed)
  }

  #tell(postponed: number): void {
    const { events } = this.#run.context
    const { machineId } = this.#lease
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
    for (const { uuid } of batch) this.#sent.push(uuid)
    this.#plan.posted()
    await authenticator.succeeded(machine)
  }

  async #decide(error: CscapiError, batch: Batch, token: string | undefined): Promise<Outcome> {
    const { attempts, attemptsForMs, machineId } = this.#lease
    const { retryDelayMs, maxRetryDelayMs, random } = this.#run.context.options
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
    }
    const outcome = decide(error, context)
    if (outcome.action === 'postpone' && outcome.unauthorized) {
      return this.#run.context.authenticator.unauthorized(machineId, error, context)
    }
    if (outcome.action === 'pause' && token !== undefined && (await isSuspect(this.#run.context, machineId))) {
      const addressWelcome = await isAddressWelcome(this.#run.context, { machineId, token }, this.#run.settings.signal)
      return decide(error, { ...context, addressWelcome })
    }
    return outcome
  }

  async #act(outcome: Outcome, error: CscapiError, batch: Batch, token: string | undefined): Promise<void> {
    const run = this.#run
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
        for (const { uuid } of batch) this.#rejected.push({ uuid, ...reasonOf(error) })
        this.#plan.rejected()
        return
      case 'fail':
        this.#failing = 1
        this.#retry = { afterMs: outcome.retryAfterMs, countsAsAttempt: false }
        return
      case 'postpone':
        if (isPutAside(error)) this.#failing = 1
        this.#retry = { afterMs: outcome.afterMs, countsAsAttempt: wasAsked && !isPutAside(error) }
        if (outcome.transient && run.countTransient()) await stopRun(run, 'outage', error)
        return
      case 'stop':
        this.#retry = { afterMs: outcome.afterMs, countsAsAttempt: false }
        return stopRun(run, 'rate_limited', error, outcome.afterMs)
      case 'pause':
        this.#retry = { afterMs: 0, countsAsAttempt: false }
        return stopRun(run, 'forbidden', error, outcome.forMs, this.#lease.machineId)
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
  resumeInMs: number = run.outageWaitMs(),
  machineId?: string,
): Promise<void> {
  run.stop(reason, resumeInMs)
  const message = error instanceof CapiResponseError ? error.serverMessage : error.code
  await pauseStore(run.context, { reason, message, forMs: resumeInMs, ...(machineId !== undefined && { machineId }) })
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
