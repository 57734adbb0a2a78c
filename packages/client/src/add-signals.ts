import { CscapiError, InputError, type InputIssue, isCscapiError, issuesOf, machineIdRule } from '@cscapi/core'
import { type Signal, signalSchema } from '@cscapi/signals'
import type { EnqueueResult, QueuedSignal } from '@cscapi/storage'
import type { ClientContext } from './context.js'
import { PartlyAddedError } from './errors.js'

/** Signals stored in one atomic call when an iterable is added. */
const SLICE = 1_000

/** An array is stored whole or not at all; anything else that can be iterated, in slices. */
export async function addSignals(
  context: ClientContext,
  signals: Iterable<Signal> | AsyncIterable<Signal>,
): Promise<EnqueueResult> {
  if (Array.isArray(signals)) return context.storage.enqueue(toQueued(context, signals, 0))
  const total = { added: 0, duplicates: 0 }
  let index = 0
  let slice: Signal[] = []
  const store = async () => {
    const { added, duplicates } = await context.storage.enqueue(toQueued(context, slice, index))
    total.added += added
    total.duplicates += duplicates
    index += slice.length
    slice = []
  }
  try {
    for await (const signal of signals) {
      slice.push(signal)
      if (slice.length === SLICE) await store()
    }
    if (slice.length > 0) await store()
  } catch (error) {
    throw new PartlyAddedError(asCscapiError(error), total.added, index)
  }
  return total
}

function toQueued({ options }: ClientContext, signals: readonly Signal[], offset: number): QueuedSignal[] {
  const issues: InputIssue[] = []
  const queued: QueuedSignal[] = []
  signals.forEach((signal, position) => {
    const path = `signals[${offset + position}]`
    const parsed = signalSchema.safeParse(signal)
    if (!parsed.success) {
      issues.push(...issuesOf(parsed.error, signal, path))
      return
    }
    const { machine_id: machineId, uuid } = parsed.data
    const machineRule = machineIdRule(machineId ?? '', options)
    if (machineRule !== undefined)
      issues.push({ path: `${path}.machine_id`, value: String(machineId), rule: machineRule })
    if (!uuid) issues.push({ path: `${path}.uuid`, value: String(uuid), rule: 'must be set; createSignal does it' })
    if (machineId && uuid) queued.push({ machineId, uuid, payload: JSON.stringify(signal) })
  })
  if (issues.length > 0) throw new InputError('No signal was added', issues)
  return queued
}

/** What the caller's own iterator throws is the caller's error, told apart by its code. */
function asCscapiError(error: unknown): CscapiError {
  if (isCscapiError(error)) return error
  const text = error instanceof Error ? error.message : String(error)
  return new CscapiError('source_failed', `The source of the signals failed: ${text}`, { cause: error })
}
