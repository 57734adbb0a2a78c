import type { LeaseRequest, LeaseResult, QueuedSignal, SignalFilter, SignalStatus } from '../src/index.js'

interface Row extends QueuedSignal {
  status: SignalStatus
  since: number
}

interface Partition {
  sent: number
  /** `undefined`: asleep. */
  dueAt: number | undefined
  lease: { readonly token: string; until: number; readonly rows: readonly Row[] } | undefined
  attempts: number
  attemptsSince: number
  failingUntil: number
}

/**
 * The queue's promises written down with lists and no thought of cost: what the real one is
 * compared with.
 */
export class SimpleQueue {
  now = 0
  rows: Row[] = []
  readonly partitions = new Map<string, Partition>()
  sentByDeleted = 0

  enqueue(signals: readonly QueuedSignal[]) {
    let added = 0
    for (const signal of signals) {
      const { machineId, uuid } = signal
      const partition = this.partition(machineId)
      if (this.rows.some((row) => row.machineId === machineId && row.uuid === uuid)) continue
      this.#wake(machineId, partition)
      this.rows.push({ ...signal, status: 'pending', since: this.now })
      added += 1
    }
    return { added, duplicates: signals.length - added }
  }

  /** Any of these may be leased next. */
  longestDue(): string[] {
    const due = [...this.partitions].filter(([, { dueAt }]) => dueAt !== undefined && dueAt <= this.now)
    const earliest = Math.min(...due.map(([, { dueAt }]) => dueAt ?? 0))
    return due.filter(([, { dueAt }]) => dueAt === earliest).map(([machineId]) => machineId)
  }

  lease(machineId: string, token: string, { leaseMs, maxSignals }: LeaseRequest) {
    const partition = this.partition(machineId)
    const rows = this.pending(machineId).slice(0, maxSignals)
    const until = this.now + leaseMs
    Object.assign(partition, { lease: { token, until, rows }, dueAt: until })
    const { attempts, attemptsSince } = partition
    const signals = rows.map(({ uuid, payload }) => ({ uuid, payload }))
    return { signals, attempts, attemptsForMs: attempts === 0 ? 0 : this.now - attemptsSince }
  }

  settle(machineId: string, token: string, { sent = [], rejected = [], keepSent, retry }: LeaseResult) {
    const partition = this.partitions.get(machineId)
    if (partition?.lease?.token !== token) return { lost: true }
    const ofLease = (uuid: string) =>
      partition.lease?.rows.find((row) => row.uuid === uuid && row.status === 'pending' && this.rows.includes(row))
    let moved = 0
    for (const row of sent.map(ofLease)) {
      if (row === undefined || row.status !== 'pending' || !this.rows.includes(row)) continue
      moved += 1
      partition.sent += 1
      Object.assign(row, { status: 'sent', since: this.now })
      if (!keepSent) this.rows = this.rows.filter((other) => other !== row)
    }
    for (const row of rejected.map(({ uuid }) => ofLease(uuid))) {
      if (row === undefined || row.status !== 'pending') continue
      moved += 1
      Object.assign(row, { status: 'rejected', since: this.now })
    }
    if (moved > 0) partition.attempts = 0
    if (retry !== undefined && retry.countsAsAttempt !== false) {
      if (partition.attempts === 0) partition.attemptsSince = this.now
      partition.attempts += 1
    }
    partition.lease = undefined
    const dueAt = Math.max(this.now + (retry?.afterMs ?? 0), partition.failingUntil)
    partition.dueAt = this.pending(machineId).length > 0 ? dueAt : undefined
    return { lost: false }
  }

  extend(machineId: string, token: string, leaseMs: number): boolean {
    const partition = this.partitions.get(machineId)
    if (partition?.lease?.token !== token) return false
    partition.lease.until = this.now + leaseMs
    partition.dueAt = partition.lease.until
    return true
  }

  setFailing(machineId: string, retryAfterMs: number | undefined): void {
    const partition = this.partition(machineId)
    partition.failingUntil = retryAfterMs === undefined ? 0 : this.now + retryAfterMs
    if (this.pending(machineId).length === 0 || this.#isLeased(partition)) return
    partition.dueAt = Math.max(this.now, partition.failingUntil)
  }

  deleteSignals(filter: SignalFilter): number {
    const gone = this.#matching(filter).filter((row) => !this.#isHeld(row))
    this.rows = this.rows.filter((row) => !gone.includes(row))
    for (const { machineId } of gone) {
      const partition = this.partition(machineId)
      if (partition.lease === undefined && this.pending(machineId).length === 0) partition.dueAt = undefined
    }
    return gone.length
  }

  requeueSignals(filter: SignalFilter): number {
    const back = this.#matching({ ...filter, status: 'rejected' })
    for (const row of back) {
      this.#wake(row.machineId, this.partition(row.machineId))
      this.rows = this.rows.filter((other) => other !== row)
      this.rows.push({ ...row, status: 'pending', since: this.now })
    }
    return back.length
  }

  deleteMachine(machineId: string): void {
    this.rows = this.rows.filter((row) => row.machineId !== machineId)
    this.sentByDeleted += this.partitions.get(machineId)?.sent ?? 0
    this.partitions.delete(machineId)
  }

  stats() {
    const pending = this.rows.filter((row) => row.status === 'pending')
    const leased = pending.filter((row) => this.#isHeld(row)).length
    return {
      pending: pending.length - leased,
      leased,
      sent: [...this.partitions.values()].reduce((sum, { sent }) => sum + sent, this.sentByDeleted),
      rejected: this.rows.filter(({ status }) => status === 'rejected').length,
      oldestPendingMs: pending.length === 0 ? undefined : this.now - Math.min(...pending.map(({ since }) => since)),
    }
  }

  pending(machineId: string): Row[] {
    return this.rows.filter((row) => row.machineId === machineId && row.status === 'pending')
  }

  partition(machineId: string): Partition {
    const known = this.partitions.get(machineId)
    if (known !== undefined) return known
    const fresh = { sent: 0, dueAt: undefined, lease: undefined, attempts: 0, attemptsSince: 0, failingUntil: 0 }
    this.partitions.set(machineId, fresh)
    return fresh
  }

  #wake(machineId: string, partition: Partition): void {
    if (this.pending(machineId).length > 0 || this.#isLeased(partition)) return
    partition.dueAt = Math.max(this.now, partition.failingUntil)
  }

  #isLeased({ lease }: Partition): boolean {
    return lease !== undefined && lease.until > this.now
  }

  #isHeld(row: Row): boolean {
    const partition = this.partition(row.machineId)
    return this.#isLeased(partition) && (partition.lease?.rows.includes(row) ?? false)
  }

  #matching({ status, machineId, olderThanMs = 0 }: SignalFilter): Row[] {
    return this.rows.filter(
      (row) =>
        (status === undefined || row.status === status) &&
        (machineId === undefined || row.machineId === machineId) &&
        this.now - row.since >= olderThanMs,
    )
  }
}
