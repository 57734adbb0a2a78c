import type { CapiClient } from '@cscapi/client'
import type { CreatedSignal } from '@cscapi/signals'
import { type ImportedSignals, keyOf } from './imported-signals.js'
import { isRefused, type RefusedRow, type SourceSignal } from './source.js'

/** Signals that are stored at once. */
const PAGE = 1_000

export interface SignalCounts {
  added: number
  before: number
  duplicates: number
  filtered: number
}

export interface TakeOverSignals {
  readonly client: Pick<CapiClient, 'addSignals' | 'preview'>
  readonly imported: ImportedSignals
  /** Says why a machine's signals are left out; `undefined` where they come along. */
  readonly refusalOf: (machineId: string) => string | undefined
  readonly apply: boolean
  readonly signal: AbortSignal | undefined
}

/** Stores the signals of a source page by page, each whole or not at all, and tells those that it leaves out. */
export async function takeOverSignals(
  signals: AsyncIterable<SourceSignal | RefusedRow>,
  options: TakeOverSignals,
): Promise<{ readonly counts: SignalCounts; readonly refused: readonly RefusedRow[] }> {
  const { imported, refusalOf, signal } = options
  const counts = { added: 0, before: 0, duplicates: 0, filtered: 0 }
  const refused: RefusedRow[] = []
  const rows = new Map<bigint, string>()
  let page = new Map<bigint, CreatedSignal>()
  for await (const read of signals) {
    if (isRefused(read)) {
      refused.push(read)
      continue
    }
    const { machine_id: machineId, uuid } = read.signal
    const key = keyOf(machineId, uuid)
    const earlier = rows.get(key)
    const reason = refusalOf(machineId) ?? (earlier && `has the uuid ${uuid}, or the content, of ${earlier}`)
    if (reason !== undefined) {
      refused.push({ row: read.row, what: 'signal', reason })
      continue
    }
    rows.set(key, read.row)
    if (imported.has(key)) counts.before += 1
    else page.set(key, read.signal)
    if (page.size < PAGE) continue
    await store(page, options, counts)
    page = new Map()
    signal?.throwIfAborted()
  }
  if (page.size > 0) await store(page, options, counts)
  return { counts, refused }
}

async function store(
  page: ReadonlyMap<bigint, CreatedSignal>,
  { client, imported, apply }: TakeOverSignals,
  counts: SignalCounts,
): Promise<void> {
  const signals = [...page.values()]
  if (!apply) {
    const preview = await client.preview(signals)
    const filtered = preview.filtered.filter(({ reason }) => reason !== 'repeated').length
    counts.added += signals.length - filtered
    counts.filtered += filtered
    return
  }
  // Each was an attack of its own for the client that found it.
  const result = await client.addSignals(signals, { dedup: false })
  counts.added += result.added
  counts.duplicates += result.duplicates
  counts.filtered += result.filtered
  // A crash before this leaves them waiting in the store, where the next import finds their uuids.
  await imported.add([...page.keys()])
}
