import { type Deadline, remainingMs } from '../instant.js'
import type { LeaseResult, QueuedSignal, SignalStatus } from '../port.js'

/** A signal that the store still has. */
export interface Entry extends QueuedSignal {
  /** Position among all signals; a requeued one gets a new one. */
  order: number
  status: SignalStatus
  /** When it got this status, epoch milliseconds. */
  since: number
  reason: string | undefined
  httpStatus: number | undefined
}

/** The signals of one machine, and who holds them. */
export class Partition {
  /** All of them by uuid, oldest first. */
  readonly entries = new Map<string, Entry>()
  /** Pending entries, oldest first, between gaps left by those that went. */
  #queue: (Entry | undefined)[] = []
  #head = 0
  pending = 0
  rejected = 0
  sent = 0
  /**
   * Holds the entries themselves: a signal that was deleted and added anew under the same uuid was
   * never leased.
   */
  lease: { token: string; until: Deadline; held: Map<string, Entry> } | undefined
  attempts = 0
  attemptsSince = 0
  /** Not due before, because the machine is failing. */
  failingUntil: Deadline | undefined

  append(entry: Entry): void {
    this.entries.set(entry.uuid, entry)
    this.#queue.push(entry)
    this.pending += 1
  }

  /** The gaps passed on the way are closed, so that no later call passes them again. */
  oldest(count: number): Entry[] {
    const found: Entry[] = []
    const start = this.#head
    let end = start
    for (; end < this.#queue.length && found.length < count; end += 1) {
      const entry = this.#queue[end]
      if (entry !== undefined && this.#isQueued(entry)) found.push(entry)
    }
    this.#head = end - found.length
    this.#queue.fill(undefined, start, this.#head)
    found.forEach((entry, index) => {
      this.#queue[this.#head + index] = entry
    })
    if (this.#head > 1_024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head)
      this.#head = 0
    }
    return found
  }

  isLeased(now: number): boolean {
    return this.lease !== undefined && remainingMs(this.lease.until, now) > 0
  }

  /** When the partition may be leased that could be leased now but for a failing machine. */
  dueAt(now: number, afterMs = 0): number {
    const failingMs = this.failingUntil === undefined ? 0 : remainingMs(this.failingUntil, now)
    return now + Math.max(afterMs, failingMs)
  }

  isHeld(entry: Entry, now: number): boolean {
    return this.isLeased(now) && this.lease?.held.get(entry.uuid) === entry
  }

  /** Applies what became of leased signals; uuids that were not leased are passed over. */
  settle(result: LeaseResult, held: ReadonlyMap<string, Entry>, now: number): void {
    const { sent = [], rejected = [], keepSent = false, retry } = result
    let moved = 0
    for (const uuid of sent) {
      const entry = this.#heldPending(uuid, held)
      if (entry === undefined) continue
      this.pending -= 1
      this.sent += 1
      moved += 1
      if (keepSent) Object.assign(entry, { status: 'sent', since: now })
      else this.entries.delete(uuid)
    }
    for (const { uuid, reason, status } of rejected) {
      const entry = this.#heldPending(uuid, held)
      if (entry === undefined) continue
      this.pending -= 1
      this.rejected += 1
      moved += 1
      Object.assign(entry, { status: 'rejected', since: now, reason, httpStatus: status })
    }
    if (moved > 0) this.attempts = 0
    if (retry === undefined || retry.countsAsAttempt === false) return
    if (this.attempts === 0) this.attemptsSince = now
    this.attempts += 1
  }

  delete(entry: Entry): void {
    if (entry.status === 'pending') this.pending -= 1
    if (entry.status === 'rejected') this.rejected -= 1
    this.entries.delete(entry.uuid)
    if (this.lease?.held.get(entry.uuid) === entry) this.lease.held.delete(entry.uuid)
  }

  /** Makes a rejected signal pending again, as the newest. */
  requeue(entry: Entry, order: number, now: number): void {
    this.rejected -= 1
    this.entries.delete(entry.uuid)
    this.append({ ...entry, status: 'pending', order, since: now, reason: undefined, httpStatus: undefined })
  }

  #heldPending(uuid: string, held: ReadonlyMap<string, Entry>): Entry | undefined {
    const entry = held.get(uuid)
    return entry !== undefined && this.#isQueued(entry) ? entry : undefined
  }

  #isQueued(entry: Entry): boolean {
    return entry.status === 'pending' && this.entries.get(entry.uuid) === entry
  }
}
