import { type LeaseRequest, MemoryStorage, type SignalLease } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

/** What happens when a lease is read, then decided on, then written. */
class LeaseGivenTwice extends MemoryStorage {
  #reading: Promise<SignalLease | undefined> | undefined

  override lease(request: LeaseRequest): Promise<SignalLease | undefined> {
    this.#reading ??= super.lease(request).finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }
}

export const leaseGivenTwice: BrokenAdapter = {
  fault: 'two that lease at the same moment get the same partition',
  Adapter: LeaseGivenTwice,
  fails: [
    'twenty that lease at once get twenty different partitions',
    'of many that find a lease run out at once, one takes it over',
  ],
}
