import { type EnqueueResult, MemoryStorage, type QueuedSignal } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class BatchNotAtomic extends MemoryStorage {
  override async enqueue(signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
    if (signals.length === 0) return super.enqueue([])
    let added = 0
    for (const signal of signals) added += (await super.enqueue([signal])).added
    return { added, duplicates: signals.length - added }
  }
}

export const batchNotAtomic: BrokenAdapter = {
  fault: 'a batch is stored signal by signal until one is refused',
  Adapter: BatchNotAtomic,
  fails: [],
}
