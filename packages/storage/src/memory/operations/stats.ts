import { ageMs } from '../../instant.js'
import type { QueueStats } from '../../port.js'
import type { MemoryStore } from '../store.js'

export function stats({ machines, partitions, sentByDeleted, now: clock }: MemoryStore): QueueStats {
  const now = clock()
  const total = { pending: 0, leased: 0, sent: sentByDeleted, rejected: 0 }
  let oldest: number | undefined
  for (const partition of partitions.values()) {
    const leased = partition.isLeased(now) ? (partition.lease?.held.size ?? 0) : 0
    total.leased += leased
    total.pending += partition.pending - leased
    total.sent += partition.sent
    total.rejected += partition.rejected
    const [first] = partition.oldest(1)
    if (first !== undefined && (oldest === undefined || first.since < oldest)) oldest = first.since
  }
  return {
    ...total,
    machines: new Set([...machines.keys(), ...partitions.keys()]).size,
    failing: [...machines.values()].filter(({ failing }) => failing !== undefined).length,
    oldestPendingMs: oldest === undefined ? undefined : ageMs(oldest, now),
  }
}
