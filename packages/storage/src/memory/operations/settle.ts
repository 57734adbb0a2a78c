import type { LeaseResult } from '../../port.js'
import type { Held, MemoryStore } from '../store.js'

export function settle(store: MemoryStore, { machineId, token }: Held, result: LeaseResult): { lost: boolean } {
  const now = store.now()
  const partition = store.partitions.get(machineId)
  if (partition?.lease === undefined || partition.lease.token !== token) return { lost: true }
  partition.settle(result, partition.lease.held, now)
  partition.lease = undefined
  store.due.set(machineId, partition.pending > 0 ? partition.dueAt(now, result.retry?.afterMs) : undefined, now)
  return { lost: false }
}
