import { type EnqueueResult, MemoryStorage, type QueuedSignal } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class BatchNotAtomic extends MemoryStorage {
  override async enqueue(signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
    if (signals.length === 0) return super.enqueue([])
    const results = await Promise.all(signals.map((signal) => super.enqueue([signal])))
    const added = results.filter((result) => result.added === 1).length
    return { added, duplicates: signals.length - added }
  }
}

export const batchNotAtomic: BrokenAdapter = {
  fault: 'a batch is stored signal by signal, and the bad ones alone are refused',
  Adapter: BatchNotAtomic,
  fails: ['a batch with one bad signal is refused whole, before anything is stored'],
}
