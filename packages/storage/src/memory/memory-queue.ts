import { randomUUID } from 'node:crypto'
import type { Machine } from '@cscapi/core'
import { ageMs, deadlineIn, isFromAhead } from '../instant.js'
import type {
  EnqueueResult,
  LeaseRequest,
  LeaseResult,
  QueuedSignal,
  QueueStats,
  SignalFilter,
  SignalLease,
  SignalPage,
  StoredSignal,
} from '../port.js'
import { DueQueue } from './due-queue.js'
import { type Entry, MemoryPartition } from './memory-partition.js'

type Held = Pick<SignalLease, 'machineId' | 'token'>

/** All partitions, and which of them is due first. */
export class MemoryQueue {
  readonly #partitions = new Map<string, MemoryPartition>()
  readonly #due = new DueQueue()
  #order = 0
  /** What machines had sent that were deleted since. */
  #sentByDeleted = 0

  enqueue(signals: readonly QueuedSignal[], now: number): EnqueueResult {
    let added = 0
    for (const { machineId, uuid, payload } of signals) {
      const partition = this.#partition(machineId)
      if (partition.entries.has(uuid)) continue
      const isFirst = partition.pending === 0 && !partition.isLeased(now)
      this.#order += 1
      partition.append({
        machineId,
        uuid,
        payload,
        order: this.#order,
        status: 'pending',
        since: now,
        reason: undefined,
        httpStatus: undefined,
      })
      added += 1
      if (isFirst) this.#due.set(machineId, partition.dueAt(now), now)
    }
    return { added, duplicates: signals.length - added }
  }

  lease(
    { leaseMs, maxSignals }: LeaseRequest,
    now: number,
    machineOf: (id: string) => Machine | undefined,
  ): SignalLease | undefined {
    const machineId = this.#due.first(now)
    if (machineId === undefined) return undefined
    const partition = this.#partition(machineId)
    const entries = partition.oldest(maxSignals)
    const token = randomUUID()
    const until = deadlineIn(leaseMs, now)
    partition.lease = { token, until, held: new Map(entries.map((entry) => [entry.uuid, entry])) }
    this.#due.set(machineId, until.at, now)
    partition.attemptsSince = Math.min(partition.attemptsSince, now)
    const { attempts, attemptsSince } = partition
    return {
      machineId,
      token,
      machine: machineOf(machineId),
      signals: entries.map(({ uuid, payload }) => ({ uuid, payload })),
      attempts,
      attemptsForMs: attempts === 0 ? 0 : now - attemptsSince,
    }
  }

  settle({ machineId, token }: Held, result: LeaseResult, now: number): { lost: boolean } {
    const partition = this.#partitions.get(machineId)
    if (partition?.lease === undefined || partition.lease.token !== token) return { lost: true }
    partition.settle(result, partition.lease.held, now)
    partition.lease = undefined
    this.#due.set(machineId, partition.pending > 0 ? partition.dueAt(now, result.retry?.afterMs) : undefined, now)
    return { lost: false }
  }

  extend({ machineId, token }: Held, leaseMs: number, now: number): boolean {
    const lease = this.#partitions.get(machineId)?.lease
    if (lease === undefined || lease.token !== token) return false
    lease.until = deadlineIn(leaseMs, now)
    this.#due.set(machineId, lease.until.at, now)
    return true
  }

  /** Moves the time at which an unleased partition is due; `undefined`: at once. */
  setFailing(machineId: string, retryAfterMs: number | undefined, now: number): void {
    const partition = this.#partition(machineId)
    partition.failingUntil = retryAfterMs === undefined ? undefined : deadlineIn(retryAfterMs, now)
    if (partition.pending > 0 && !partition.isLeased(now)) this.#due.set(machineId, partition.dueAt(now), now)
  }

  stats(now: number): Omit<QueueStats, 'machines' | 'failing'> {
    const total = { pending: 0, leased: 0, sent: this.#sentByDeleted, rejected: 0 }
    let oldest: number | undefined
    for (const partition of this.#partitions.values()) {
      const leased = partition.isLeased(now) ? (partition.lease?.held.size ?? 0) : 0
      total.leased += leased
      total.pending += partition.pending - leased
      total.sent += partition.sent
      total.rejected += partition.rejected
      const [first] = partition.oldest(1)
      if (first !== undefined && (oldest === undefined || first.since < oldest)) oldest = first.since
    }
    return { ...total, oldestPendingMs: oldest === undefined ? undefined : ageMs(oldest, now) }
  }

  machineIds(): IterableIterator<string> {
    return this.#partitions.keys()
  }

  deleteMachine(machineId: string, now: number): boolean {
    this.#due.set(machineId, undefined, now)
    this.#sentByDeleted += this.#partitions.get(machineId)?.sent ?? 0
    return this.#partitions.delete(machineId)
  }

  list(filter: SignalFilter, after: string | undefined, limit: number, now: number): SignalPage {
    const position = after === undefined ? undefined : cursorOf(after)
    const found: Entry[] = []
    for (const entry of this.#matching(filter, now)) {
      if (position !== undefined && !isAfter(entry, position)) continue
      found.push(entry)
      if (found.length > limit) break
    }
    const page = found.slice(0, limit)
    const last = page.at(-1)
    return {
      signals: page.map((entry) => toStored(entry, now)),
      next: found.length > limit && last ? `${last.order}:${last.machineId}` : undefined,
    }
  }

  delete(filter: SignalFilter, limit: number, now: number): number {
    let deleted = 0
    for (const entry of this.#matching(filter, now)) {
      if (deleted === limit) break
      const partition = this.#partition(entry.machineId)
      if (entry.status === 'pending' && partition.isHeld(entry, now)) continue
      partition.delete(entry)
      deleted += 1
      if (partition.pending === 0 && partition.lease === undefined) this.#due.set(entry.machineId, undefined, now)
    }
    return deleted
  }

  requeue(filter: Omit<SignalFilter, 'status'>, limit: number, now: number): number {
    let requeued = 0
    for (const entry of this.#matching({ ...filter, status: 'rejected' }, now)) {
      if (requeued === limit) break
      const partition = this.#partition(entry.machineId)
      const isFirst = partition.pending === 0 && !partition.isLeased(now)
      this.#order += 1
      partition.requeue(entry, this.#order, now)
      requeued += 1
      if (isFirst) this.#due.set(entry.machineId, partition.dueAt(now), now)
    }
    return requeued
  }

  *#matching({ status, machineId, olderThanMs }: SignalFilter, now: number): Generator<Entry> {
    const ids = machineId === undefined ? [...this.#partitions.keys()].sort() : [machineId]
    for (const id of ids) {
      for (const entry of this.#partitions.get(id)?.entries.values() ?? []) {
        if (status !== undefined && entry.status !== status) continue
        if (olderThanMs === undefined || ageMs(entry.since, now) >= olderThanMs) yield entry
        // It ages from now on, and not from when the clock that was ahead comes true.
        else if (isFromAhead(entry.since, now)) entry.since = now
      }
    }
  }

  #partition(machineId: string): MemoryPartition {
    let partition = this.#partitions.get(machineId)
    if (partition === undefined) {
      partition = new MemoryPartition()
      this.#partitions.set(machineId, partition)
    }
    return partition
  }
}

function cursorOf(after: string): { order: number; machineId: string } {
  const [order = ''] = after.split(':')
  return { order: Number(order), machineId: after.slice(order.length + 1) }
}

function isAfter(entry: Entry, position: { order: number; machineId: string }): boolean {
  if (entry.machineId !== position.machineId) return entry.machineId > position.machineId
  return entry.order > position.order
}

function toStored({ machineId, uuid, payload, status, since, reason, httpStatus }: Entry, now: number): StoredSignal {
  return { machineId, uuid, payload, status, ageMs: ageMs(since, now), reason, httpStatus }
}
