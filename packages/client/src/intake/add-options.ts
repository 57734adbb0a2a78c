import { functionSchema } from '@cscapi/core'
import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { type Fields, fields } from '../calling/read-call.js'
import type { FilteredSignal } from './check-signals.js'

/** What `addSignals` did. Every signal given is counted once in the first four. */
export interface AddResult {
  /** Stored, to be sent. */
  readonly added: number
  /** The store has their uuid already, or it came twice. */
  readonly duplicates: number
  /** Left out for an address: private, or in `neverReport`. */
  readonly filtered: number
  /** Left out, since their like was added within the `dedup` window. */
  readonly repeated: number
  /**
   * Pending signals that were deleted, the oldest first, to make room (`whenFull: 'drop-oldest'`).
   */
  readonly dropped: number
}

/** Options of {@link CapiClient.addSignals}. */
export interface AddOptions {
  /**
   * Called for each signal that is left out, once the others are stored. What it throws becomes a
   * `warning` event.
   */
  readonly onFiltered?: (filtered: FilteredSignal) => void
  /** `false` adds repeats too, e.g. dead letters that you have corrected. Default true. */
  readonly dedup?: boolean
  /**
   * Ends the call with an `AbortedError`. Signals that were being stored may be stored or not:
   * adding them again is safe.
   */
  readonly signal?: AbortSignal
}

export const addOptionsSchema = lazily(() =>
  z.strictObject({
    onFiltered: functionSchema<(filtered: unknown) => void>().optional(),
    dedup: fields.flag(),
    signal: fields.signal(),
  } satisfies Fields<AddOptions>),
)
