import type { SignalFilter } from '../../port.js'
import type { MemoryStore } from '../store.js'

export function deleteSignals(store: MemoryStore, filter: SignalFilter, limit: number): number {
  const now = store.now()
  let deleted = 0
  for (const entry of store.matching(filter, now)) {
    if (deleted === limit) break
    const partition = store.partition(entry.machineId)
    if (entry.status === 'pending' && partition.isHeld(entry, now)) continue
    partition.delete(entry)
    deleted += 1
    if (partition.pending === 0 && partition.lease === undefined) store.due.set(entry.machineId, undefined, now)
  }
  return deleted
}
