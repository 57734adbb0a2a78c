import { type LeaseRequest, MemoryStorage, type SignalLease } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class OrderedByUuid extends MemoryStorage {
  override async lease(request: LeaseRequest): Promise<SignalLease | undefined> {
    const lease = await super.lease(request)
    return lease && { ...lease, signals: lease.signals.toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1)) }
  }
}

export const orderedByUuid: BrokenAdapter = {
  fault: 'signals are handed out in the order of their uuids',
  Adapter: OrderedByUuid,
  fails: [
    'order is that of adding, whatever the uuids say',
    'a requeued signal is pending again, as the newest of its machine, and its reason is gone',
  ],
}
