import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { type Fields, fields } from '../calling/read-call.js'
import type { ClientContext } from '../context.js'

/** Which signals of the store, and how many. */
export interface SignalQuery {
  /** Those that wait, the ones that are being sent included; or the dead letters. */
  readonly status: 'pending' | 'rejected'
  /** Only this machine's. Default: all. */
  readonly machineId?: string
  /** `next` of the page before. Default: the first page. */
  readonly after?: string
  /** Signals in the page, 1 to 500. Default 100. */
  readonly limit?: number
  /** Ends the call with an `AbortedError`. */
  readonly signal?: AbortSignal
}

/** A signal that waits, or a dead letter. */
export interface ListedSignal {
  /** Whose signal it is. */
  readonly machineId: string
  /** Which signal of that machine it is. */
  readonly uuid: string
  /** The exact JSON on the wire. */
  readonly json: string
  /** When it was added or rejected, in epoch milliseconds. */
  readonly since: number
  /** Of a dead letter: CAPI's message, or ours. */
  readonly reason: string | undefined
  /** Of a dead letter: the HTTP status that refused it, if one did. */
  readonly status: number | undefined
}

/** Some signals of the store. */
export interface SignalPage {
  /** Oldest first within a machine. */
  readonly signals: readonly ListedSignal[]
  /** `after` of the next page; `undefined` on the last. */
  readonly next: string | undefined
}

export const signalQuerySchema = lazily(() =>
  z.strictObject({
    status: z.enum(['pending', 'rejected']),
    machineId: fields.machineId().optional(),
    after: z.string().min(1).optional(),
    limit: z.int().min(1).max(500).default(100),
    signal: fields.signal(),
  } satisfies Fields<SignalQuery>),
)

/** Reads one page; a store that is full is read in as many as its reader asks for. */
export async function signalPage(
  { storage, options: { clock } }: ClientContext,
  { status, machineId, after, limit }: Omit<z.output<ReturnType<typeof signalQuerySchema>>, 'signal'>,
): Promise<SignalPage> {
  const filter = { status, ...(machineId !== undefined && { machineId }) }
  const page = await storage.listSignals(filter, { limit, ...(after !== undefined && { after }) })
  const now = clock.now()
  const signals = page.signals.map((stored) => ({
    machineId: stored.machineId,
    uuid: stored.uuid,
    json: stored.payload,
    since: now - stored.ageMs,
    reason: stored.reason,
    status: stored.httpStatus,
  }))
  return { signals, next: page.next }
}
