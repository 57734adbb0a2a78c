import type { SignalPage, SignalStatus } from '@cscapi/storage'
import * as z from 'zod'

/** The column `state` of `signals`. */
export const SIGNAL_STATES = { pending: 0, rejected: 1, sent: 2 } as const satisfies Record<SignalStatus, number>
const STATUSES: readonly SignalStatus[] = ['pending', 'rejected', 'sent']

const number = z.coerce.number()
const rowsSchema = z.array(
  z.object({
    /** Where the signal stands in the order of all. */
    position: z.coerce.string(),
    machineId: z.string(),
    uuid: z.string(),
    payload: z.string(),
    state: number,
    ageMs: number,
    reason: z.string().nullable(),
    httpStatus: number.nullable(),
  }),
)
export type SignalRow = z.infer<typeof rowsSchema>[number]

/**
 * Makes a page of up to `limit + 1` rows: one more than the page holds tells that there are more.
 */
export function toSignalPage(rows: unknown, limit: number): SignalPage {
  const read = rowsSchema.parse(rows)
  const signals = read.slice(0, limit).map(({ machineId, uuid, payload, state, ageMs, reason, httpStatus }) => ({
    machineId,
    uuid,
    payload,
    status: STATUSES[state] ?? 'pending',
    ageMs,
    reason: reason ?? undefined,
    httpStatus: httpStatus ?? undefined,
  }))
  return { signals, next: read.length > limit ? read[limit - 1]?.position : undefined }
}
