import {
  type LeaseRequest,
  type LeaseResult,
  MemoryStorage,
  type MemoryStorageOptions,
  type SignalLease,
} from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class LostSettleActs extends MemoryStorage {
  readonly #holders: Map<string, SignalLease>

  constructor(options: MemoryStorageOptions) {
    super(options)
    this.#holders = options.shared instanceof LostSettleActs ? options.shared.#holders : new Map()
  }

  override async lease(request: LeaseRequest): Promise<SignalLease | undefined> {
    const lease = await super.lease(request)
    if (lease !== undefined) this.#holders.set(lease.machineId, lease)
    return lease
  }

  override async settle(
    held: Pick<SignalLease, 'machineId' | 'token'>,
    result: LeaseResult,
  ): Promise<{ lost: boolean }> {
    return super.settle(this.#holders.get(held.machineId) ?? held, result)
  }
}

export const lostSettleActs: BrokenAdapter = {
  fault: 'settle looks at the machine and not at the token',
  Adapter: LostSettleActs,
  fails: [
    'a lease that ran out is taken over, and the old one then changes nothing',
    'a token that no lease bears, or another machine’s, changes nothing',
  ],
}
