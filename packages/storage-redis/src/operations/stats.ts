import { ageMs, type QueueStats } from '@cscapi/storage'
import { toMs } from '../microseconds.js'
import type { Partitions } from '../partitions.js'
import { list, whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'

/** Adds up one hash a shard of the index, whatever the number of machines and signals. */
export async function stats(partitions: Partitions): Promise<QueueStats> {
  const shards = await Promise.all(partitions.index.eachShard().map((shard) => totalsOf(partitions, shard)))
  const sum = (name: Exclude<keyof Totals, 'oldestMs'>) => shards.reduce((total, shard) => total + shard[name], 0)
  const ages = shards.flatMap(({ oldestMs }) => oldestMs ?? [])
  const leased = sum('leased')
  return {
    pending: sum('pending') - leased,
    leased,
    sent: sum('sent'),
    rejected: sum('rejected'),
    machines: sum('machines'),
    failing: sum('failing'),
    oldestPendingMs: ages.length === 0 ? undefined : Math.max(...ages),
  }
}

type Totals = Awaited<ReturnType<typeof totalsOf>>

async function totalsOf({ index, offset }: Partitions, shard: number) {
  const parts = ['totals', 'leases', 'known', 'oldest'] as const
  const reply = list(await index.run(scripts.stats, shard, parts, [offset, index.skewUs]))
  const [now = 0, pending = 0, leased = 0, sent = 0, rejected = 0, machines = 0, failing = 0] = reply
    .slice(0, 7)
    .map(whole)
  const oldestMs = reply[7] === '' ? undefined : toMs(ageMs(whole(reply[7]), now))
  return { pending, leased, sent, rejected, machines, failing, oldestMs }
}
