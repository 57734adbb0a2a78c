import type { Partitions } from './partitions.js'
import { texts } from './reply.js'
import { scripts } from './scripts.gen.js'

/** Ids that one script call looks at. */
const STEP = 100

/** Redis's order of texts, which is not JavaScript's beyond U+FFFF. */
function inByteOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/**
 * Reads ids of all machines, of those with credentials, or of those that are failing, in order, as
 * far as the index knows.
 */
export async function idsAfter(
  { connection, index, keys }: Partitions,
  part: 'ids' | 'credentials' | 'failing',
  after: string,
  limit: number,
): Promise<string[]> {
  const sets = index.eachShard().flatMap((shard) => keys.shard(shard, part))
  const ids = await Promise.all(sets.map((key) => connection.membersAfter(key, after, limit)))
  return ids.flat().sort(inByteOrder).slice(0, limit)
}

/**
 * Reads ids of machines that have signals of the status (empty: of any), in order, as far as the
 * index knows.
 */
export async function* idsWithSignals(partitions: Partitions, status: string, after: string): AsyncGenerator<string> {
  const heads = await Promise.all(
    partitions.index.eachShard().map(async (shard) => {
      const ids = idsOfShard(partitions, shard, status, after)
      return { ids, next: await ids.next() }
    }),
  )
  for (;;) {
    const open = heads.flatMap((head) => (head.next.done === true ? [] : [{ head, id: head.next.value }]))
    const [first] = open.sort((a, b) => inByteOrder(a.id, b.id))
    if (first === undefined) return
    yield first.id
    first.head.next = await first.head.ids.next()
  }
}

async function* idsOfShard(
  { index }: Partitions,
  shard: number,
  status: string,
  after: string,
): AsyncGenerator<string, void> {
  for (let from = after; ; ) {
    const reply = await index.run(scripts.findMachines, shard, ['ids', 'known'], [from, STEP, status])
    const [next = '', ...ids] = texts(reply)
    yield* ids
    if (next === '') return
    from = next
  }
}
