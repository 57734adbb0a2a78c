import type { SignalFilter } from '../../port.js'
import type { MemoryStore } from '../store.js'

export function requeueSignals(store: MemoryStore, filter: Omit<SignalFilter, 'status'>, limit: number): number {
  const now = store.now()
  let requeued = 0
  for (const entry of store.matching({ ...filter, status: 'rejected' }, now)) {
    if (requeued === limit) break
    const partition = store.partition(entry.machineId)
    const isFirst = partition.pending === 0 && !partition.isLeased(now)
    partition.requeue(entry, store.nextOrder(), now)
    requeued += 1
    if (isFirst) store.due.set(entry.machineId, partition.dueAt(now), now)
  }
  return requeued
}
