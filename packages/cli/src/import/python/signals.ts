import { printable } from '@cscapi/signals'
import type { RefusedRow, SourceSignal } from '../source.js'
import { HangingRows } from './hanging-rows.js'
import { BEFORE_ALL, PAGE, type Queries } from './queries.js'
import { contextRow, decisionRow, flawsOf, signalRow, sourceRow } from './rows.js'
import { type SignalParts, toSignal } from './to-signal.js'

/** Reads the unsent signals page by page; `settle` may leave out what hangs on one. */
export async function* readSignals(
  queries: Queries,
  now: number,
  settle: (parts: SignalParts) => SignalParts,
): AsyncGenerator<SourceSignal | RefusedRow> {
  const columns = Object.keys(signalRow.shape)
  let after = BEFORE_ALL
  for (;;) {
    const rows = await queries.signals(columns, after)
    if (rows.length === 0) return
    const last = Number(Reflect.get(Object(rows.at(-1)), 'alert_id'))
    const read = await readPage(queries, [after, last])
    for (const given of rows) {
      const row = `signal_models row ${printable(Reflect.get(Object(given), 'alert_id'))}`
      const parts = read(given)
      yield typeof parts === 'string' ? { row, what: 'signal', reason: parts } : toSignal(row, settle(parts), now)
    }
    if (rows.length < PAGE) return
    after = last
  }
}

/** Reads what hangs on a page, and gives what puts a signal of it together or says what is wrong with it. */
async function readPage(queries: Queries, page: readonly [number, number]) {
  const sources = await HangingRows.read(queries, 'source_models', sourceRow, page)
  const context = await HangingRows.read(queries, 'context_models', contextRow, page)
  const decisions = await HangingRows.read(queries, 'decision_models', decisionRow, page)
  return (given: unknown): SignalParts | string => {
    const parsed = signalRow.safeParse(given)
    if (!parsed.success) return flawsOf(parsed.error)
    const { alert_id: id } = parsed.data
    const flaw = sources.flawOf(id) ?? context.flawOf(id) ?? decisions.flawOf(id)
    if (flaw !== undefined) return flaw
    return { signal: parsed.data, source: sources.of(id)[0], context: context.of(id), decisions: decisions.of(id) }
  }
}
