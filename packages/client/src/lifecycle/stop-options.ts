import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { type Fields, fields } from '../calling/read-call.js'

/** How long stopping may take by default, in milliseconds: Docker kills after 10 s. */
export const STOP_DEADLINE_MS = 8_000

/** Options of {@link CapiClient.stop}. */
export interface StopOptions {
  /**
   * How long what is in flight may take to end, in milliseconds: three quarters of it to be
   * finished, the rest to be put back. 100 to 3,600,000. Default: `stopDeadlineMs` of `start`, else
   * 8,000.
   */
  readonly deadlineMs?: number
  /** Ends the wait with an `AbortedError`; the stopping goes on. */
  readonly signal?: AbortSignal
}

/** Milliseconds. */
export const stopDeadlineSchema = lazily(() => z.int().min(100).max(3_600_000))

export const stopOptionsSchema = lazily(() =>
  z.strictObject({
    deadlineMs: stopDeadlineSchema().optional(),
    signal: fields.signal(),
  } satisfies Fields<StopOptions>),
)
