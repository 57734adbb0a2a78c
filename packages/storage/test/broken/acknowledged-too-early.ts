import { type EnqueueResult, MemoryStorage, type QueuedSignal } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class AcknowledgedTooEarly extends MemoryStorage {
  override async enqueue(signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
    if (signals.length < 500) return super.enqueue(signals)
    setImmediate(() => super.enqueue(signals).catch(() => undefined))
    return { added: signals.length, duplicates: 0 }
  }
}

export const acknowledgedTooEarly: BrokenAdapter = {
  fault: 'a large batch is acknowledged before it is stored',
  Adapter: AcknowledgedTooEarly,
  fails: [
    'closing waits for the calls under way',
    'a batch may hold thousands of signals of hundreds of machines, each in order',
    'a lease may hold thousands of signals, and one settle ends it',
    'deleting and requeueing take 500 at a time if not told otherwise',
  ],
}
