import {
  type LeaseRequest,
  type LeaseResult,
  MemoryStorage,
  type MemoryStorageOptions,
  type SignalLease,
} from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class LateSettleRefused extends MemoryStorage {
  readonly #now: () => number
  readonly #deadlines: Map<string, number>

  constructor(options: MemoryStorageOptions) {
    super(options)
    const first = options.shared instanceof LateSettleRefused ? options.shared : undefined
    this.#now = first === undefined ? (options.now ?? Date.now) : first.#now
    this.#deadlines = first === undefined ? new Map() : first.#deadlines
  }

  override async lease(request: LeaseRequest): Promise<SignalLease | undefined> {
    const lease = await super.lease(request)
    if (lease !== undefined) this.#deadlines.set(lease.token, this.#now() + request.leaseMs)
    return lease
  }

  override async extend(held: Pick<SignalLease, 'machineId' | 'token'>, leaseMs: number): Promise<boolean> {
    const isHeld = await super.extend(held, leaseMs)
    if (isHeld) this.#deadlines.set(held.token, this.#now() + leaseMs)
    return isHeld
  }

  override async settle(
    held: Pick<SignalLease, 'machineId' | 'token'>,
    result: LeaseResult,
  ): Promise<{ lost: boolean }> {
    const isLate = (this.#deadlines.get(held.token) ?? Number.POSITIVE_INFINITY) <= this.#now()
    return isLate ? { lost: true } : super.settle(held, result)
  }
}

export const lateSettleRefused: BrokenAdapter = {
  fault: 'a lease past its deadline cannot be settled, although nobody took over',
  Adapter: LateSettleRefused,
  fails: ['settling late counts as long as nobody took over', 'a lease that ran out protects its signals no more'],
}
