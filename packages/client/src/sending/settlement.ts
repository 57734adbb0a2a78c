import { CapiResponseError, type CscapiError } from '@cscapi/core'
import type { LeaseResult, RejectedSignal, SignalLease } from '@cscapi/storage'
import type { SendRun } from './send-run.js'
import type { Batch } from './split-batch.js'

/** Gathers what becomes of the signals of one lease; writes it down at its end, and tells of it. */
export class Settlement {
  readonly #run: SendRun
  readonly #lease: SignalLease
  readonly #sent: string[] = []
  readonly #rejected: RejectedSignal[] = []
  /** Why, in the order of the rejected. */
  readonly #refusals: CscapiError[] = []
  #retry: LeaseResult['retry']
  /** What was met last: why the rest is put back. */
  #error: CscapiError | undefined
  #failing = 0

  constructor(run: SendRun, lease: SignalLease) {
    this.#run = run
    this.#lease = lease
  }

  get hasSent(): boolean {
    return this.#sent.length > 0
  }

  /** Whether what is left goes back into the store. */
  get isPutBack(): boolean {
    return this.#retry !== undefined
  }

  sent(batch: Batch): void {
    for (const { uuid } of batch) this.#sent.push(uuid)
  }

  met(error: CscapiError): void {
    this.#error = error
  }

  rejected(batch: Batch, error: CscapiError): void {
    for (const { uuid } of batch) {
      this.#rejected.push({ uuid, ...reasonOf(error) })
      this.#refusals.push(error)
    }
  }

  /** The rest is due again after so many milliseconds; `isAttempt`: its next wait is longer. */
  putBack(afterMs: number, isAttempt: boolean): void {
    this.#retry = { afterMs, countsAsAttempt: isAttempt }
  }

  /** The machine is left alone. */
  foundFailing(): void {
    this.#failing = 1
  }

  /** Settles the lease, unless it is lost to another worker. */
  async settle(isLost: boolean): Promise<void> {
    const { context, settings, problems, delivered } = this.#run
    const { machineId, signals } = this.#lease
    const retry = this.#retry
    const result = { sent: this.#sent, rejected: this.#rejected, keepSent: settings.keepSent, ...(retry && { retry }) }
    const { lost } = isLost ? { lost: true } : await context.storage.settle(this.#lease, result)
    const sent = this.#sent.length
    const rejected = lost ? 0 : this.#rejected.length
    const postponed = lost ? 0 : signals.length - sent - rejected
    this.#run.count({ sent, rejected, postponed, failing: this.#failing })
    if (sent > 0) delivered.add(machineId)
    // What another worker has taken over is its to tell.
    if (lost) problems.leaseLost(machineId, signals.length)
    else this.#tell(postponed)
  }

  #tell(postponed: number): void {
    const { problems, context } = this.#run
    const { events } = context
    const { machineId } = this.#lease
    const error = this.#error
    for (const refusal of this.#refusals) problems.rejected(refusal, machineId, 1)
    // A pause that ended this run is told by what it came of.
    const isTold = error?.code === 'paused' && this.#run.ending
    if (postponed > 0 && error !== undefined && !isTold) problems.putBack(error, machineId, postponed)
    if (this.hasSent) events.emit('sent', { machineId, count: this.#sent.length })
    for (const { reason, status, uuids } of byReason(this.#rejected)) {
      events.emit('rejected', { machineId, uuids, reason, status })
    }
    const afterMs = this.#retry?.afterMs ?? 0
    if (postponed > 0) events.emit('postponed', { machineId, count: postponed, afterMs, error })
  }
}

function reasonOf(error: CscapiError): Omit<RejectedSignal, 'uuid'> {
  if (!(error instanceof CapiResponseError)) return { reason: error.code }
  return { reason: error.serverMessage ?? error.code, status: error.status }
}

interface ReasonGroup {
  readonly reason: string
  readonly status: number | undefined
  readonly uuids: string[]
}

function byReason(rejected: readonly RejectedSignal[]): Iterable<ReasonGroup> {
  const groups = new Map<string, ReasonGroup>()
  for (const { uuid, reason, status } of rejected) {
    const key = `${status} ${reason}`
    const group = groups.get(key) ?? { reason, status, uuids: [] }
    group.uuids.push(uuid)
    groups.set(key, group)
  }
  return groups.values()
}
