import { type LeaseResult, MemoryStorage, type SignalLease } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class SentComesBack extends MemoryStorage {
  override settle(
    held: Pick<SignalLease, 'machineId' | 'token'>,
    { sent = [], rejected = [], ...result }: LeaseResult,
  ): Promise<{ lost: boolean }> {
    return super.settle(held, { ...result, rejected, sent: rejected.length > 0 ? [] : sent })
  }
}

export const sentComesBack: BrokenAdapter = {
  fault: 'what was sent is pending again when others of its batch were rejected',
  Adapter: SentComesBack,
  fails: [
    'leased, rejected and kept signals count as duplicates; a deleted one’s uuid is forgotten',
    'a lease may hold thousands of signals, and one settle ends it',
    'sent, rejected and untouched signals come together, and the untouched keep their place',
    'sent signals stay counted after they are gone, rejected ones as long as the store has them',
  ],
}
