import { MemoryStorage, type QueueStats } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class RejectedCountedAsSent extends MemoryStorage {
  override async stats(): Promise<QueueStats> {
    const stats = await super.stats()
    return { ...stats, sent: stats.sent + stats.rejected }
  }
}

export const rejectedCountedAsSent: BrokenAdapter = {
  fault: 'rejected signals are counted as sent',
  Adapter: RejectedCountedAsSent,
  fails: [
    'a lease may hold thousands of signals, and one settle ends it',
    'sent, rejected and untouched signals come together, and the untouched keep their place',
    'sent signals stay counted after they are gone, rejected ones as long as the store has them',
  ],
}
