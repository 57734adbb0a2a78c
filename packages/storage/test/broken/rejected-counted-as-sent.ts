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
  fails: [],
}
