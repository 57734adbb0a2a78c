import { InputError } from '@cscapi/core'
import type { EnqueueResult, QueuedSignal } from '@cscapi/storage'
import { tookTooLong } from '../errors.js'
import type { Partitions } from '../partitions.js'
import { list, text, whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'
import type { Summary } from '../shard-index.js'

/** One script call: a server does nothing else while it runs one, so a large batch is cut. */
interface Part {
  readonly machineId: string
  readonly signals: readonly QueuedSignal[]
}

const PART_SIGNALS = 500
const PART_CHARACTERS = 1_048_576
const LARGEST_BATCH = 128 * 1_048_576

/**
 * By machine, in order, cut into parts. The same signals always give the same parts, so that a
 * replay finds them.
 */
function toParts(signals: readonly QueuedSignal[]): Part[] {
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
 * All or none, in three steps: the intent, the partitions, the index. A batch that takes one script
 * call needs an intent for the index only; a larger one stands in its intent, which is one write
 * and the point after which it happens in any case, by this process or by another's replay.
 */
export async function enqueue(partitions: Partitions, signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
  if (signals.length === 0) return { added: 0, duplicates: 0 }
  const parts = toParts(signals)
  const isOneWrite = parts.length === 1
  if (!isOneWrite) checkSize(signals)
  await partitions.watch.check()
  const machineIds = [...new Set(parts.map(({ machineId }) => machineId))]
  const intent = await partitions.journal.write(machineIds, isOneWrite ? [] : signals, true)
  const { added, summaries } = await append(partitions, parts, intent.fence, isOneWrite ? '' : intent.id)
  if ((await partitions.report(summaries, intent)) && !isOneWrite) await forgetMarks(partitions, parts, intent.id)
  await partitions.connection.replicate()
  return { added, duplicates: signals.length - added }
}

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
  if (await partitions.report(summaries, intent)) await forgetMarks(partitions, parts, intent.id)
}

async function append(
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

async function forgetMarks(partitions: Partitions, parts: readonly Part[], intentId: string): Promise<void> {
  const marks = new Map<string, string[]>()
  parts.forEach(({ machineId }, index) => {
    marks.set(machineId, [...(marks.get(machineId) ?? []), `${intentId}:${index}`])
  })
  // A mark that stays is in nobody's way, and the partition drops it after a day.
  await Promise.allSettled(
    [...marks].map(([machineId, some]) =>
      partitions.connection.remove(partitions.keys.partition(machineId, 'applied').join(''), some),
    ),
  )
}

function checkSize(signals: readonly QueuedSignal[]): void {
  const characters = signals.reduce((sum, { payload }) => sum + payload.length, 0)
  if (characters <= LARGEST_BATCH) return
  const rule = `a batch may have ${LARGEST_BATCH} characters of payload: enqueue it in slices`
  throw new InputError('The store was not touched', [{ path: 'signals', value: `${characters} characters`, rule }])
}
