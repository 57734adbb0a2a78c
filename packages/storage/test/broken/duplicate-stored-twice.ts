import { type EnqueueResult, MemoryStorage, type QueuedSignal } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class DuplicateStoredTwice extends MemoryStorage {
  override async enqueue(signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
    const { added, duplicates } = await super.enqueue(signals)
    if (duplicates === 0) return { added, duplicates }
    await super.enqueue(signals.map((signal) => ({ ...signal, uuid: `${signal.uuid}-again` })))
    return { added, duplicates }
  }
}

export const duplicateStoredTwice: BrokenAdapter = {
  fault: 'a duplicate is counted as one and stored again all the same',
  Adapter: DuplicateStoredTwice,
  fails: [
    'a uuid that the machine has already is a duplicate, and the first content wins',
    'a uuid twice in one batch is a duplicate too',
    'machine ids and uuids are compared as text: case, spaces and punctuation count',
    'batches with the same uuids, added at once by several, are stored once',
  ],
}
