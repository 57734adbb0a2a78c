import type { ImportSource } from '../source.js'
import type { SourceDatabase } from '../sql/database.js'
import { readLayout } from './layout.js'
import { LeftBehind } from './left-behind.js'
import { readMachines } from './machines.js'
import { Queries } from './queries.js'
import { machineRow } from './rows.js'
import { readSignals } from './signals.js'

export interface PythonOptions {
  /** Epoch milliseconds. */
  readonly now: number
  /** Take over context that may be another signal's ({@link LeftBehind}). */
  readonly doubtfulContext: boolean
}

/**
 * A database of the Python SDK, of any generation.
 *
 * @throws InputError when it is none
 */
export async function openPythonSdk(
  database: SourceDatabase,
  shown: string,
  { now, doubtfulContext }: PythonOptions,
): Promise<ImportSource> {
  const layout = await readLayout(database, shown)
  const queries = new Queries(database, layout)
  const orphans = (await queries.orphans('context_models')) + (await queries.orphans('decision_models'))
  // Only there does nothing keep rows whose signal is gone from hanging on the next one.
  const isDoubtful = layout.signalNamesSource && database.system === 'SQLite'
  let leftBehind = new LeftBehind(isDoubtful, doubtfulContext)
  return {
    kind: `database of the Python SDK (${database.system})`,
    sentSignals: await queries.sentSignals(),
    machines: async () => readMachines(await queries.machines(Object.keys(machineRow.shape))),
    signals() {
      leftBehind = new LeftBehind(isDoubtful, doubtfulContext)
      return readSignals(queries, now, (parts) => leftBehind.without(parts))
    },
    notes: () => [
      'Stop the Python program before anything is sent: both would send its signals',
      ...leftBehind.notes(),
      ...(orphans > 0 ? [`${orphans} rows of context_models and decision_models belong to no signal: left out`] : []),
    ],
    close: () => database.close(),
  }
}
