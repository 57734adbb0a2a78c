import type { LeaseResult, QueuedSignal, SignalStatus } from './port.js'

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
export class MemoryPartition {
  readonly entries = new Map<string, Entry>()
  /** Pending entries, oldest first, between gaps left by those that went. */
  #queue: (Entry | undefined)[] = []
  #head = 0
  pending = 0
  rejected = 0
  sent = 0
  lease: { token: string; until: number; held: ReadonlySet<string> } | undefined
  attempts = 0
  attemptsSince = 0
  /** Not due before, because the machine is failing. */
  failingUntil = 0

  append(entry: Entry): void {
    this.entries.set(entry.uuid, entry)
    this.#queue.push(entry)
    this.pending += 1
  }

  oldest(count: number): Entry[] {
    const found: Entry[] = []
    this.#dropGaps()
    for (let at = this.#head; at < this.#queue.length && found.length < count; at += 1) {
      const entry = this.#queue[at]
      if (entry !== undefined && this.#isQueued(entry)) found.push(entry)
    }
    return found
  }

  isLeased(now: number): boolean {
    return this.lease !== undefined && this.lease.until > now
  }

  isHeld(entry: Entry, now: number): boolean {
    return this.isLeased(now) && (this.lease?.held.has(entry.uuid) ?? false)
  }

  /** Applies what became of leased signals; uuids that were not leased are passed over. */
  settle(result: LeaseResult, held: ReadonlySet<string>, now: number): void {
    const { sent = [], rejected = [], keepSent = false, retry } = result
    let moved = 0
    for (const uuid of sent) {
      const entry = this.#heldPending(uuid, held)
      if (entry === undefined) continue
      this.#leave()
      this.sent += 1
      moved += 1
      if (keepSent) Object.assign(entry, { status: 'sent', since: now })
      else this.entries.delete(uuid)
    }
    for (const { uuid, reason, status } of rejected) {
      const entry = this.#heldPending(uuid, held)
      if (entry === undefined) continue
      this.#leave()
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
    if (entry.status === 'pending') this.#leave()
    if (entry.status === 'rejected') this.rejected -= 1
    this.entries.delete(entry.uuid)
  }

  /** Makes a rejected signal pending again, as the newest. */
  requeue(entry: Entry, order: number, now: number): void {
    this.rejected -= 1
    const renewed: Entry = { ...entry, status: 'pending', order, since: now, reason: undefined, httpStatus: undefined }
    this.append(renewed)
  }

  #heldPending(uuid: string, held: ReadonlySet<string>): Entry | undefined {
    const entry = this.entries.get(uuid)
    return entry?.status === 'pending' && held.has(uuid) ? entry : undefined
  }

  #isQueued(entry: Entry): boolean {
    return entry.status === 'pending' && this.entries.get(entry.uuid) === entry
  }

  #leave(): void {
    this.pending -= 1
  }

  /** Each entry is dropped once, so the cost of a lease does not grow with what was sent before it. */
  #dropGaps(): void {
    for (let entry = this.#queue[this.#head]; this.#head < this.#queue.length; entry = this.#queue[this.#head]) {
      if (entry !== undefined && this.#isQueued(entry)) break
      this.#queue[this.#head] = undefined
      this.#head += 1
    }
    if (this.#head > 1_024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head)
      this.#head = 0
    }
  }
}
