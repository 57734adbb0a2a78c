import { functionSchema } from '@cscapi/core'
import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { type Fields, fields } from '../calling/read-call.js'
import type { SendProgress } from './send-report.js'

/** Options of one `sendSignals` run. */
export interface SendOptions {
  /** Delete what was sent; `false` keeps it in the store with status `sent`. Default true. */
  readonly prune?: boolean
  /** Signals in one POST. Default: the client's. */
  readonly batchSize?: number
  /** Machines sent for at once. Default: the client's. */
  readonly concurrency?: number
  /**
   * Ends the run: what is in flight is finished or put back, and the call rejects with an
   * `AbortedError` that carries the report.
   */
  readonly signal?: AbortSignal
  /** Called after each machine's batch. */
  readonly onProgress?: (progress: SendProgress) => void
}

export const sendOptionsSchema = lazily(() =>
  z.strictObject({
    prune: fields.flag(),
    batchSize: z.int().min(1).max(1_000).optional(),
    concurrency: z.int().min(1).max(256).optional(),
    signal: fields.signal(),
    onProgress: functionSchema<(progress: unknown) => void>().optional(),
  } satisfies Fields<SendOptions>),
)
