import { lazily } from '@cscapi/signals'
import type { SignalFilter } from '@cscapi/storage'
import * as z from 'zod'
import { type Fields, fields } from '../calling/read-call.js'

/** Which dead letters. */
export interface RejectedFilter {
  /** Only this machine's. Default: all. */
  readonly machineId?: string
  /** Only those rejected at least so many milliseconds ago. Default 0. */
  readonly olderThanMs?: number
  /** Ends the call with an `AbortedError`. */
  readonly signal?: AbortSignal
}

/** {@link CapiClient.purgeRejected} wants an age: dead letters are not deleted by accident. */
export interface PurgeFilter extends RejectedFilter {
  readonly olderThanMs: number
}

export const rejectedFilterSchema = lazily(() =>
  z.strictObject({
    machineId: fields.machineId().optional(),
    olderThanMs: fields.ageMs().optional(),
    signal: fields.signal(),
  } satisfies Fields<RejectedFilter>),
)

export const purgeFilterSchema = lazily(() =>
  z.strictObject({
    machineId: fields.machineId().optional(),
    olderThanMs: fields.ageMs(),
    signal: fields.signal(),
  } satisfies Fields<PurgeFilter>),
)

/** Gives the filter as a store takes it. */
export function filterOf({ machineId, olderThanMs }: RejectedFilter): Omit<SignalFilter, 'status'> {
  return { ...(machineId !== undefined && { machineId }), ...(olderThanMs !== undefined && { olderThanMs }) }
}
