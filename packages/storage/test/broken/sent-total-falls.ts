import { MemoryStorage, type QueueStats } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

/** Counts only what the machines had sent that are still there. */
class SentTotalFalls extends MemoryStorage {
  #sentByDeleted = 0

  override async deleteMachines(machineIds: readonly string[]): Promise<number> {
    const deleted = await super.deleteMachines(machineIds)
    if (deleted > 0) this.#sentByDeleted = (await super.stats()).sent
    return deleted
  }

  override async stats(): Promise<QueueStats> {
    const stats = await super.stats()
    return { ...stats, sent: stats.sent - this.#sentByDeleted }
  }
}

export const sentTotalFalls: BrokenAdapter = {
  fault: 'the total of sent signals falls when machines are deleted',
  Adapter: SentTotalFalls,
  fails: ['the total of sent signals never falls, whatever is deleted'],
}
