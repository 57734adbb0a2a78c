import { type LeaseRequest, type LeaseResult, MemoryStorage, type SignalLease } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

const FOR_EVER_MS = 1e12

/** What happens when settle decides from what the lease held whether anything is left. */
class LostWakeUp extends MemoryStorage {
  readonly #leased = new Map<string, { count: number; isAll: boolean }>()

  override async lease(request: LeaseRequest): Promise<SignalLease | undefined> {
    const lease = await super.lease(request)
    if (lease === undefined) return undefined
    const { length: count } = lease.signals
    this.#leased.set(lease.token, { count, isAll: count < request.maxSignals })
    return lease
  }

  override settle(held: Pick<SignalLease, 'machineId' | 'token'>, result: LeaseResult): Promise<{ lost: boolean }> {
    const { sent = [], rejected = [] } = result
    const { count, isAll } = this.#leased.get(held.token) ?? { count: 0, isAll: false }
    const isDrained = isAll && sent.length + rejected.length >= count
    if (!isDrained) return super.settle(held, result)
    return super.settle(held, { ...result, retry: { afterMs: FOR_EVER_MS, countsAsAttempt: false } })
  }
}

export const lostWakeUp: BrokenAdapter = {
  fault: 'a signal added while a worker sends the machine’s last ones sleeps for ever',
  Adapter: LostWakeUp,
  fails: [
    'a lease on a machine whose signals were all deleted is exclusive like any other',
    'requeueing wakes a machine that was asleep, and does not reach into a live lease',
    'a signal added while its partition empties is never forgotten',
  ],
}
