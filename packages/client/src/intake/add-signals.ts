import { AbortedError, CscapiError, isCscapiError, turn } from '@cscapi/core'
import type { Signal } from '@cscapi/signals'
import { PartlyAddedError } from '../errors.js'
import type { AddOptions, AddResult } from './add-options.js'
import type { Intake } from './intake.js'

/** Signals stored in one atomic call when an iterable is added. */
const SLICE = 1_000

/** Stores an array whole or not at all; anything else that can be iterated, in slices. */
export async function addSignals(
  intake: Intake,
  signals: Iterable<Signal> | AsyncIterable<Signal>,
  options: AddOptions,
): Promise<AddResult> {
  if (Array.isArray(signals)) return intake.add(signals, 0, options)
  let total: AddResult = { added: 0, duplicates: 0, filtered: 0, repeated: 0, dropped: 0 }
  let index = 0
  let slice: Signal[] = []
  const store = async () => {
    total = sum(total, await intake.add(slice, index, options))
    index += slice.length
    slice = []
    // A store that answers at once, and a source that is never awaited, would keep timers and the
    // system's signals waiting.
    await turn()
  }
  try {
    for await (const signal of signals) {
      slice.push(signal)
      if (slice.length === SLICE) await store()
    }
    if (slice.length > 0) await store()
  } catch (error) {
    if (options.signal?.aborted && (error instanceof AbortedError || error === options.signal.reason)) {
      throw new AbortedError('Adding signals', { report: { ...total, index } })
    }
    throw new PartlyAddedError(asCscapiError(error), total.added, index)
  }
  return total
}

function sum(a: AddResult, b: AddResult): AddResult {
  return {
    added: a.added + b.added,
    duplicates: a.duplicates + b.duplicates,
    filtered: a.filtered + b.filtered,
    repeated: a.repeated + b.repeated,
    dropped: a.dropped + b.dropped,
  }
}

/** What the caller's own iterator throws is the caller's error, told apart by its code. */
function asCscapiError(error: unknown): CscapiError {
  if (isCscapiError(error)) return error
  const text = error instanceof Error ? error.message : String(error)
  return new CscapiError('source_failed', `The source of the signals failed: ${text}`, { cause: error })
}
