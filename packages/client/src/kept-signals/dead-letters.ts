import { AbortedError, turn } from '@cscapi/core'
import { type Signal, signalSchema } from '@cscapi/signals'
import type { SignalFilter, StoredSignal } from '@cscapi/storage'
import { unlessAborted } from '../calling/abort.js'
import type { ClientContext } from '../context.js'

/** Which dead letters. */
export interface RejectedFilter {
  /** Only this machine's. Default: all. */
  readonly machineId?: string
  /** Only those rejected at least so many milliseconds ago. Default 0. */
  readonly olderThanMs?: number
  readonly signal?: AbortSignal
}

/** {@link CapiClient.purgeRejected} wants an age: dead letters are not deleted by accident. */
export interface PurgeFilter extends RejectedFilter {
  readonly olderThanMs: number
}

/** A signal that CAPI refused for good. It stays in the store until it is requeued or purged. */
export interface RejectedSignalInfo {
  readonly machineId: string
  readonly uuid: string
  /** `undefined` when what is stored cannot be read as a signal. */
  readonly signal: Signal | undefined
  /** The exact JSON that was refused. */
  readonly json: string
  /** CAPI's message, or ours. */
  readonly reason: string
  /** The HTTP status that refused it, if one did. */
  readonly status: number | undefined
  /** Epoch milliseconds. */
  readonly rejectedAt: number
}

/** Read in pages, oldest first within a machine. */
export async function* rejectedSignals(
  context: ClientContext,
  filter: RejectedFilter,
): AsyncGenerator<RejectedSignalInfo, void, undefined> {
  for await (const stored of storedRejected(context, filter)) {
    const { machineId, uuid, payload, reason = '', httpStatus, ageMs } = stored
    const rejectedAt = context.options.clock.now() - ageMs
    yield { machineId, uuid, signal: readSignal(payload), json: payload, reason, status: httpStatus, rejectedAt }
  }
}

/** One line per signal, each ending in a line feed. */
export async function* exportRejected(
  context: ClientContext,
  filter: RejectedFilter,
): AsyncGenerator<string, void, undefined> {
  for await (const { payload } of storedRejected(context, filter)) yield `${onOneLine(payload)}\n`
}

export function requeueRejected(context: ClientContext, filter: RejectedFilter): Promise<number> {
  return inSlices(context, filter, 'Requeueing rejected signals', (slice) => context.storage.requeueSignals(slice))
}

export function purgeRejected(context: ClientContext, filter: PurgeFilter): Promise<number> {
  return inSlices(context, filter, 'Purging rejected signals', (slice) =>
    context.storage.deleteSignals({ ...slice, status: 'rejected' }),
  )
}

const READING = 'Reading rejected signals'

async function* storedRejected(
  { storage }: ClientContext,
  filter: RejectedFilter,
): AsyncGenerator<StoredSignal, void, undefined> {
  const query: SignalFilter = { ...filterOf(filter), status: 'rejected' }
  let after: string | undefined
  do {
    await turn()
    const page = await unlessAborted(READING, filter.signal, () =>
      storage.listSignals(query, after === undefined ? {} : { after }),
    )
    for (const stored of page.signals) {
      if (filter.signal?.aborted) throw new AbortedError(READING)
      yield stored
    }
    after = page.next
  } while (after !== undefined)
}

/**
 * In slices, so that no call holds the store for long. What is rejected after the start is left
 * alone, or a sender at work could keep this going for ever.
 */
async function inSlices(
  { options: { clock } }: ClientContext,
  filter: RejectedFilter,
  what: string,
  change: (filter: SignalFilter) => Promise<number>,
): Promise<number> {
  const { olderThanMs = 0, ...rest } = filterOf(filter)
  const startedAt = clock.now()
  let count = 0
  for (let slice = 1; slice > 0; count += slice) {
    if (filter.signal?.aborted) throw new AbortedError(what, { report: { count } })
    await turn()
    slice = await change({ ...rest, olderThanMs: olderThanMs + Math.max(clock.now() - startedAt, 0) })
  }
  return count
}

function filterOf({ machineId, olderThanMs }: RejectedFilter): Omit<SignalFilter, 'status'> {
  return { ...(machineId !== undefined && { machineId }), ...(olderThanMs !== undefined && { olderThanMs }) }
}

function readSignal(payload: string): Signal | undefined {
  const parsed = signalSchema.safeParse(parseJson(payload))
  return parsed.success ? parsed.data : undefined
}

/** Payloads of ours have no line feed; another program's might. */
function onOneLine(payload: string): string {
  return /[\r\n]/.test(payload) ? (JSON.stringify(parseJson(payload)) ?? JSON.stringify(payload)) : payload
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
