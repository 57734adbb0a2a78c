import { ageMs, type QueueStats } from '@cscapi/storage'
import type { Partitions } from '../partitions.js'

/** One hash a shard of the index, whatever the number of machines and signals. */
export async function stats(partitions: Partitions): Promise<QueueStats> {
  const shards = await partitions.index.totals()
  const sum = (pick: (shard: (typeof shards)[number]) => number) =>
    shards.reduce((total, shard) => total + pick(shard), 0)
  const ages = shards.flatMap(({ now, oldest }) =>
    oldest === undefined ? [] : [Math.round(ageMs(oldest, now) / 1_000)],
  )
  const leased = sum((shard) => shard.leased)
  return {
    pending: sum((shard) => shard.pending) - leased,
    leased,
    sent: sum((shard) => shard.sent),
    rejected: sum((shard) => shard.rejected),
    machines: sum((shard) => shard.machines),
    failing: sum((shard) => shard.failing),
    oldestPendingMs: ages.length === 0 ? undefined : Math.max(...ages),
  }
}
