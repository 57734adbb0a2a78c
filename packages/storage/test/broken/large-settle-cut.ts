import { type LeaseResult, MemoryStorage, type SignalLease } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

/** What happens when a driver's limit of parameters is met by leaving some out. */
class LargeSettleCut extends MemoryStorage {
  override settle(held: Pick<SignalLease, 'machineId' | 'token'>, result: LeaseResult): Promise<{ lost: boolean }> {
    return super.settle(held, { ...result, sent: (result.sent ?? []).slice(0, 1_000) })
  }
}

export const largeSettleCut: BrokenAdapter = {
  fault: 'of many signals settled at once, those after the thousandth are sent again',
  Adapter: LargeSettleCut,
  fails: ['a lease may hold thousands of signals, and one settle ends it'],
}
