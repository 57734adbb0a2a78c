import { InputError } from '@cscapi/core'
import type { EnqueueResult, QueuedSignal } from '@cscapi/storage'
import type { Partitions } from '../partitions.js'
import { append, deleteMarks, toParts } from '../parts.js'

const LARGEST_BATCH = 128 * 1_048_576

/**
 * Adds all or none, in three steps: the intent, the partitions, the index. A batch that takes one
 * script call needs an intent for the index only; a larger one stands in its intent, which is one
 * write and the point after which it happens in any case, by this process or by another's replay.
 */
export async function enqueue(partitions: Partitions, signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
  const parts = toParts(signals)
  const isOneWrite = parts.length === 1
  if (!isOneWrite) checkSize(signals)
  await partitions.watch.check()
  const machineIds = [...new Set(parts.map(({ machineId }) => machineId))]
  const intent = await partitions.journal.write(machineIds, isOneWrite ? [] : signals, true)
  const { added, summaries } = await append(partitions, parts, intent.fence, isOneWrite ? '' : intent.id)
  if ((await partitions.report(summaries, intent)) && !isOneWrite) await deleteMarks(partitions, parts, intent.id)
  await partitions.connection.replicate()
  return { added, duplicates: signals.length - added }
}

function checkSize(signals: readonly QueuedSignal[]): void {
  const characters = signals.reduce((sum, { payload }) => sum + payload.length, 0)
  if (characters <= LARGEST_BATCH) return
  const rule = `a batch may have ${LARGEST_BATCH} characters of payload: enqueue it in slices`
  throw new InputError('The store was not touched', [{ path: 'signals', value: `${characters} characters`, rule }])
}
