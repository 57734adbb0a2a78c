import { type LeaseRequest, MemoryStorage, type SignalLease } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class ExpiredLeaseKept extends MemoryStorage {
  override lease(request: LeaseRequest): Promise<SignalLease | undefined> {
    return super.lease({ ...request, leaseMs: request.leaseMs * 1_000_000 })
  }
}

export const expiredLeaseKept: BrokenAdapter = {
  fault: 'a lease that ran out is not taken over',
  Adapter: ExpiredLeaseKept,
  fails: [],
}
