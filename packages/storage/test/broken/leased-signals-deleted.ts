import {
  type LeaseRequest,
  MemoryStorage,
  type MemoryStorageOptions,
  type SignalFilter,
  type SignalLease,
} from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class LeasedSignalsDeleted extends MemoryStorage {
  readonly #leases: SignalLease[]

  constructor(options: MemoryStorageOptions) {
    super(options)
    this.#leases = options.shared instanceof LeasedSignalsDeleted ? options.shared.#leases : []
  }

  override async lease(request: LeaseRequest): Promise<SignalLease | undefined> {
    const lease = await super.lease(request)
    if (lease !== undefined) this.#leases.push(lease)
    return lease
  }

  override async deleteSignals(filter: SignalFilter = {}, limit?: number): Promise<number> {
    for (const lease of this.#leases) await super.settle(lease, {})
    return super.deleteSignals(filter, limit)
  }
}

export const leasedSignalsDeleted: BrokenAdapter = {
  fault: 'deleting takes signals from under a live lease',
  Adapter: LeasedSignalsDeleted,
  fails: [
    'a lease that ran out, lost signals to a deletion and was extended late ends like any other',
    'deleting takes what matches, up to the limit, and never what is leased',
    'a lease that ran out protects its signals no more',
  ],
}
