import type { Partitions } from '../partitions.js'
import { append, deleteMarks, toParts } from '../parts.js'

/** Does again what a process that died may have left half-done. */
export async function replay(partitions: Partitions, shard: number): Promise<void> {
  const intent = await partitions.journal.take(shard)
  if (intent === undefined) return
  if (intent.signals.length === 0) {
    await partitions.report(
      await Promise.all(intent.machineIds.map((machineId) => partitions.summarize(machineId))),
      intent,
    )
    return
  }
  const parts = toParts(intent.signals)
  const { summaries } = await append(partitions, parts, intent.fence, intent.id)
  if (await partitions.report(summaries, intent)) await deleteMarks(partitions, parts, intent.id)
}
