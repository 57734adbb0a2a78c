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
  fails: [],
}
