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
  fails: [],
}
