import { AbortedError, pages } from '@cscapi/core'
import { parseJson, type Signal, signalSchema } from '@cscapi/signals'
import type { SignalFilter, StoredSignal } from '@cscapi/storage'
import { unlessAborted } from '../calling/abort.js'
import type { ClientContext } from '../context.js'
import { filterOf, type RejectedFilter } from './dead-letter-filter.js'

/** A signal that CAPI refused for good. It stays in the store until it is requeued or deleted. */
export interface RejectedSignalInfo {
  /** Whose signal it is. */
  readonly machineId: string
  /** Which signal of that machine it is. */
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

/** Reads dead letters in pages, oldest first within a machine. */
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

/** Reads them as lines, one signal each, with the line feed. */
export async function* exportRejected(
  context: ClientContext,
  filter: RejectedFilter,
): AsyncGenerator<string, void, undefined> {
  for await (const { payload } of storedRejected(context, filter)) yield `${onOneLine(payload)}\n`
}

const READING = 'Reading rejected signals'

async function* storedRejected(
  { storage }: ClientContext,
  filter: RejectedFilter,
): AsyncGenerator<StoredSignal, void, undefined> {
  const query: SignalFilter = { ...filterOf(filter), status: 'rejected' }
  const read = (from: { readonly after?: string }) =>
    unlessAborted(READING, filter.signal, () => storage.listSignals(query, from))
  for await (const { signals } of pages(read)) {
    for (const stored of signals) {
      if (filter.signal?.aborted) throw new AbortedError(READING)
      yield stored
    }
  }
}

function readSignal(payload: string): Signal | undefined {
  const parsed = signalSchema.safeParse(parseJson(payload))
  return parsed.success ? parsed.data : undefined
}

/** Payloads of ours have no line feed; another program's might. */
function onOneLine(payload: string): string {
  return /[\r\n]/.test(payload) ? (JSON.stringify(parseJson(payload)) ?? JSON.stringify(payload)) : payload
}
