import { deadlineIn } from '../../instant.js'
import type { Held, MemoryStore } from '../store.js'

/** False when the lease was lost. */
export function extend(store: MemoryStore, { machineId, token }: Held, leaseMs: number): boolean {
  const lease = store.partitions.get(machineId)?.lease
  if (lease === undefined || lease.token !== token) return false
  const now = store.now()
  lease.until = deadlineIn(leaseMs, now)
  store.due.set(machineId, lease.until.at, now)
  return true
}
