import { type LeaseRequest, type LeaseResult, MemoryStorage, type SignalLease } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class AttemptsNeverReset extends MemoryStorage {
  readonly #attempts = new Map<string, number>()

  override async lease(request: LeaseRequest): Promise<SignalLease | undefined> {
    const lease = await super.lease(request)
    return lease && { ...lease, attempts: this.#attempts.get(lease.machineId) ?? 0 }
  }

  override async settle(
    held: Pick<SignalLease, 'machineId' | 'token'>,
    result: LeaseResult,
  ): Promise<{ lost: boolean }> {
    const counts = result.retry !== undefined && result.retry.countsAsAttempt !== false
    if (counts) this.#attempts.set(held.machineId, (this.#attempts.get(held.machineId) ?? 0) + 1)
    return super.settle(held, result)
  }
}

export const attemptsNeverReset: BrokenAdapter = {
  fault: 'attempts go on counting after signals got through',
  Adapter: AttemptsNeverReset,
  fails: ['attempts are counted, timed from the first, and reset by any signal sent or rejected'],
}
