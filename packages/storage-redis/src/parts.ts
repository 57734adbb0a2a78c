import type { QueuedSignal } from '@cscapi/storage'
import { tookTooLong } from './errors.js'
import type { Partitions } from './partitions.js'
import { list, text, whole } from './reply.js'
import { scripts } from './scripts.gen.js'
import type { Summary } from './shard-index.js'

/** One script call: a server does nothing else while it runs one, so a large batch is cut. */
export interface Part {
  readonly machineId: string
  readonly signals: readonly QueuedSignal[]
}

const PART_SIGNALS = 500
const PART_CHARACTERS = 1_048_576

/**
 * Cuts signals into parts, by machine and in order. The same signals always give the same parts, so
 * that a replay finds them.
 */
export function toParts(signals: readonly QueuedSignal[]): Part[] {
  const parts: { machineId: string; signals: QueuedSignal[] }[] = []
  const open = new Map<string, { signals: QueuedSignal[]; size: number }>()
  for (const signal of signals) {
    let part = open.get(signal.machineId)
    if (
      part === undefined ||
      part.signals.length >= PART_SIGNALS ||
      part.size + signal.payload.length > PART_CHARACTERS
    ) {
      part = { signals: [], size: 0 }
      open.set(signal.machineId, part)
      parts.push({ machineId: signal.machineId, signals: part.signals })
    }
    part.signals.push(signal)
    part.size += signal.payload.length
  }
  return parts
}

/**
 * Adds the parts to their partitions, those of an intent with a mark, so that a replay adds none
 * twice.
 */
export async function append(
  partitions: Partitions,
  parts: readonly Part[],
  fence: string,
  intentId: string,
): Promise<{ added: number; summaries: Summary[] }> {
  let added = 0
  const summaries = new Map<string, Summary>()
  const queues = new Map<string, Promise<void>>()
  parts.forEach(({ machineId, signals }, index) => {
    const write = async () => {
      const mark = intentId === '' ? '' : `${intentId}:${index}`
      const args = signals.flatMap(({ uuid, payload }) => [uuid, payload])
      const [count, line] = list(
        await partitions.run(scripts.enqueue, machineId, ['queue', 'list', 'uuids', 'applied'], [fence, mark, ...args]),
      )
      if (whole(count) < 0) throw tookTooLong('enqueue')
      added += whole(count)
      summaries.set(machineId, { machineId, line: text(line) })
    }
    // Machines side by side, the parts of one machine in order.
    queues.set(machineId, (queues.get(machineId) ?? Promise.resolve()).then(write))
  })
  const failed = (await Promise.allSettled(queues.values())).find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return { added, summaries: [...summaries.values()] }
}

/** Drops the marks of an intent that is done. */
export async function deleteMarks(partitions: Partitions, parts: readonly Part[], intentId: string): Promise<void> {
  const marks = new Map<string, string[]>()
  parts.forEach(({ machineId }, index) => {
    marks.set(machineId, [...(marks.get(machineId) ?? []), `${intentId}:${index}`])
  })
  // A mark that stays is in nobody's way, and the partition drops it after a day.
  await Promise.allSettled(
    [...marks].map(([machineId, some]) =>
      partitions.connection.deleteMembers(partitions.keys.partition(machineId, 'applied').join(''), some),
    ),
  )
}
