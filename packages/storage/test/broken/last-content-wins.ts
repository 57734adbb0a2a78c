import { type EnqueueResult, MemoryStorage, type QueuedSignal } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

/** As an INSERT OR REPLACE whose trigger reports correctly would be. */
class LastContentWins extends MemoryStorage {
  override async enqueue(signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
    const last = new Map(signals.map((signal) => [`${signal.machineId} ${signal.uuid}`, signal]))
    const { added } = await super.enqueue([...last.values()])
    return { added, duplicates: signals.length - added }
  }
}

export const lastContentWins: BrokenAdapter = {
  fault: 'of two signals with one uuid in a batch the last one’s content is stored',
  Adapter: LastContentWins,
  fails: ['a uuid twice in one batch is a duplicate too'],
}
