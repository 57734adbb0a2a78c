import { type LeaseRequest, type LeaseResult, MemoryStorage, type SignalLease } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

/** What happens when a list is popped and what comes back is pushed. */
class PutBackAtTheEnd extends MemoryStorage {
  readonly #signals = new Map<string, readonly { uuid: string }[]>()

  override async lease(request: LeaseRequest): Promise<SignalLease | undefined> {
    const lease = await super.lease(request)
    if (lease !== undefined) this.#signals.set(lease.token, lease.signals)
    return lease
  }

  override async settle(
    held: Pick<SignalLease, 'machineId' | 'token'>,
    result: LeaseResult,
  ): Promise<{ lost: boolean }> {
    const { sent = [], rejected = [], retry } = result
    const leased = this.#signals.get(held.token) ?? []
    if (sent.length === 0 || rejected.length > 0 || retry !== undefined) return super.settle(held, result)
    const untouched = leased.filter(({ uuid }) => !sent.includes(uuid))
    const outcome = await super.settle(held, {
      ...result,
      rejected: untouched.map(({ uuid }) => ({ uuid, reason: '' })),
    })
    if (untouched.length > 0) await super.requeueSignals({ machineId: held.machineId })
    return outcome
  }
}

export const putBackAtTheEnd: BrokenAdapter = {
  fault: 'what a worker did not get to is put back behind the newer signals',
  Adapter: PutBackAtTheEnd,
  fails: ['what a worker did not get to stays before the newer signals, however often it is put back'],
}
