import { type LeaseRequest, MemoryStorage, type SignalLease } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class FavouriteMachine extends MemoryStorage {
  override async lease(request: LeaseRequest): Promise<SignalLease | undefined> {
    const due: SignalLease[] = []
    for (let lease = await super.lease(request); lease !== undefined; lease = await super.lease(request))
      due.push(lease)
    const [first, ...others] = due.sort((a, b) => (a.machineId < b.machineId ? -1 : 1))
    for (const other of others) await super.settle(other, {})
    return first
  }
}

export const favouriteMachine: BrokenAdapter = {
  fault: 'the machine with the lowest id is always served first',
  Adapter: FavouriteMachine,
  fails: ['the partition that has been due longest comes first'],
}
