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
  fails: [
    'a lease that ran out is taken over, and the old one then changes nothing',
    'a signal deleted after the lease ran out and added anew was not leased',
    'a lease on a machine whose signals were all deleted is exclusive like any other',
    'a lease that ran out, lost signals to a deletion and was extended late ends like any other',
    'whatever the clock did, once it is right nothing waits longer than its own duration, and nothing is lost',
    'a crash before settling means pending again after the lease, with the same uuids',
    'a lease that ran out protects its signals no more',
    'leased signals are counted apart from pending ones, until the lease runs out',
    'of many that find a lease run out at once, one takes it over',
  ],
}
