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
import type { SendRun } from './send-run.js'

type Batch = SignalLease['signals']

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
  #batches: Batch[]
  #retry: LeaseResult['retry']
  #failing = 0
  #refusedToken: string | undefined
  #lost = false

  constructor(run: SendRun, lease: SignalLease) {
    this.#run = run
    this.#lease = lease
    this.#leasedAt = { value: run.context.options.clock.now() }
    this.#batches = batchesOf(lease.signals, run.context.options.maxBatchBytes)
  }

  async post(): Promise<void> {
    while (this.#batches.length > 0 && this.#retry === undefined && !this.#run.ending) {
      if (!(await this.#run.hold(this.#lease, this.#leasedAt))) {
        this.#lost = true
        return
      }
      await this.#postFirst()
    }
  }

  async settle(): Promise<void> {
    if (this.#lost) return
    const { storage } = this.#run.context
    const result = { sent: this.#sent, rejected: this.#rejected, keepSent: this.#run.settings.keepSent }
    const { lost } = await storage.settle(this.#lease, this.#retry ? { ...result, retry: this.#retry } : result)
    const sent = this.#sent.length
    const rejected = lost ? 0 : this.#rejected.length
    const postponed = lost ? 0 : this.#lease.signals.length - sent - rejected
    this.#run.count({ sent, rejected, postponed, failing: this.#failing })
    if (sent > 0) this.#run.delivered.add(this.#lease.machineId)
  }

  async #postFirst(): Promise<void> {
    const [batch = [], ...others] = this.#batches
    const { authenticator, capi } = this.#run.context
    const { machineId, machine } = this.#lease
    const { signal } = this.#run.settings
    let token: string | undefined
    try {
      const isFirstTry = this.#sent.length === 0 && this.#refusedToken === undefined
      const known = isFirstTry ? machine : undefined
      token = await authenticator.authenticate(machineId, { machine: known, refused: this.#refusedToken, signal })
      await capi.pushSignals({ token, payloads: batch.map(({ payload }) => payload) }, { signal })
    } catch (error) {
      if (signal.aborted) return
      if (!isCscapiError(error)) throw error
      await this.#act(await this.#decide(error, batch, token), error, batch, others, token)
      return
    }
    this.#run.answered()
    for (const { uuid } of batch) this.#sent.push(uuid)
    this.#batches = others
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

  async #act(
    outcome: Outcome,
    error: CscapiError,
    batch: Batch,
    others: Batch[],
    token: string | undefined,
  ): Promise<void> {
    const run = this.#run
    if (outcome.action !== 'postpone' || !outcome.transient) run.answered()
    switch (outcome.action) {
      case 'login':
        this.#refusedToken = token
        return
      case 'split':
        this.#batches = [...halvesOf(batch), ...others]
        return
      case 'reject':
        for (const { uuid } of batch) this.#rejected.push({ uuid, ...reasonOf(error) })
        this.#batches = others
        return
      case 'fail':
        this.#failing = 1
        this.#retry = { afterMs: outcome.retryAfterMs, countsAsAttempt: false }
        return
      case 'postpone':
        if (isPutAside(error)) this.#failing = 1
        this.#retry = { afterMs: outcome.afterMs, countsAsAttempt: outcome.transient || outcome.unauthorized }
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
  resumeInMs: number = outageWaitMs(run),
  machineId?: string,
): Promise<void> {
  run.stop(reason, resumeInMs)
  const message = error instanceof CapiResponseError ? error.serverMessage : error.code
  await pauseStore(run.context, { reason, message, forMs: resumeInMs, ...(machineId !== undefined && { machineId }) })
}

/** Half to all of the longest backoff, so that many processes do not come back at once. */
function outageWaitMs({ context: { options } }: SendRun): number {
  return Math.round(options.maxRetryDelayMs * (0.5 + options.random() / 2))
}

/** The authenticator has left the machine alone for a while, and says until when. */
function isPutAside(error: CscapiError): boolean {
  return error instanceof CapiAuthError && error.retryAfterMs !== undefined
}

function reasonOf(error: CscapiError): Omit<RejectedSignal, 'uuid'> {
  if (!(error instanceof CapiResponseError)) return { reason: error.code }
  return { reason: error.serverMessage ?? error.code, status: error.status }
}

function halvesOf(batch: Batch): Batch[] {
  const middle = Math.ceil(batch.length / 2)
  return [batch.slice(0, middle), batch.slice(middle)]
}

/** Cuts a lease into batches of at most `maxBytes` of JSON; a signal that is larger alone stands alone. */
function batchesOf(signals: Batch, maxBytes: number): Batch[] {
  const batches: Batch[] = []
  let batch: Batch[number][] = []
  let bytes = 2
  for (const signal of signals) {
    const size = Buffer.byteLength(signal.payload) + 1
    if (batch.length > 0 && bytes + size > maxBytes) {
      batches.push(batch)
      batch = []
      bytes = 2
    }
    batch.push(signal)
    bytes += size
  }
  return batch.length > 0 ? [...batches, batch] : batches
}
