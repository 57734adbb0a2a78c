import type { EnqueueResult, QueuedSignal } from '../../port.js'
import type { MemoryStore } from '../store.js'

export function enqueue(store: MemoryStore, signals: readonly QueuedSignal[]): EnqueueResult {
  const now = store.now()
  let added = 0
  for (const { machineId, uuid, payload } of signals) {
    const partition = store.partition(machineId)
    if (partition.entries.has(uuid)) continue
    const isFirst = partition.pending === 0 && !partition.isLeased(now)
    partition.append({
      machineId,
      uuid,
      payload,
      order: store.nextOrder(),
      status: 'pending',
      since: now,
      reason: undefined,
      httpStatus: undefined,
    })
    added += 1
    if (isFirst) store.due.set(machineId, partition.dueAt(now), now)
  }
  return { added, duplicates: signals.length - added }
}
