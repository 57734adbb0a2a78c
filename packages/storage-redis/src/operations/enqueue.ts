import { InputError } from '@cscapi/core'
import type { EnqueueResult, QueuedSignal } from '@cscapi/storage'
import type { Partitions } from '../partitions.js'
import { append, deleteMarks, toParts } from '../parts.js'
import { whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'

const LARGEST_BATCH = 128 * 1_048_576

/** What one script takes that stands for all machines: a server does nothing else meanwhile. */
const AT_ONCE_SIGNALS = 1_000
const AT_ONCE_CHARACTERS = 2 * 1_048_576

export async function enqueue(partitions: Partitions, signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
  await partitions.watch.check()
  const isAtOnce = partitions.isOneServer && signals.length <= AT_ONCE_SIGNALS && isSmall(signals)
  const added = isAtOnce ? await addAtOnce(partitions, signals) : await addInSteps(partitions, signals)
  await partitions.connection.replicate()
  return { added, duplicates: signals.length - added }
}

const charactersOf = (signals: readonly QueuedSignal[]) => signals.reduce((sum, { payload }) => sum + payload.length, 0)

const isSmall = (signals: readonly QueuedSignal[]) => charactersOf(signals) <= AT_ONCE_CHARACTERS

/** Adds all or none in one script: partitions and index of one server. */
async function addAtOnce(
  { connection, index, keys, offset }: Partitions,
  signals: readonly QueuedSignal[],
): Promise<number> {
  const machines = new Map<string, (string | number)[]>()
  for (const { machineId, uuid, payload } of signals) {
    const args = machines.get(machineId)
    if (args === undefined) machines.set(machineId, [uuid, payload])
    else args.push(uuid, payload)
  }
  const scriptKeys = [...index.keysAtOnce]
  const scriptArgs: (string | number)[] = [offset]
  for (const [machineId, args] of machines) {
    scriptKeys.push(...keys.partition(machineId, 'queue', 'list', 'uuids'))
    scriptArgs.push(machineId, args.length / 2, ...args)
  }
  return whole(await connection.run(scripts.enqueueAtOnce, scriptKeys, scriptArgs))
}

/**
 * Adds all or none, in three steps: the intent, the partitions, the index. A batch that takes one
 * script call needs an intent for the index only; a larger one stands in its intent, which is one
 * write and the point after which it happens in any case, by this process or by another's replay.
 */
async function addInSteps(partitions: Partitions, signals: readonly QueuedSignal[]): Promise<number> {
  const parts = toParts(signals)
  const isOneWrite = parts.length === 1
  if (!isOneWrite) checkSize(signals)
  const machineIds = [...new Set(parts.map(({ machineId }) => machineId))]
  const intent = await partitions.journal.write(machineIds, isOneWrite ? [] : signals, true)
  const { added, summaries } = await append(partitions, parts, intent.fence, isOneWrite ? '' : intent.id)
  if ((await partitions.report(summaries, intent)) && !isOneWrite) await deleteMarks(partitions, parts, intent.id)
  return added
}

function checkSize(signals: readonly QueuedSignal[]): void {
  const characters = charactersOf(signals)
  if (characters <= LARGEST_BATCH) return
  const rule = `a batch may have ${LARGEST_BATCH} characters of payload: enqueue it in slices`
  throw new InputError('The store was not touched', [{ path: 'signals', value: `${characters} characters`, rule }])
}
