import type { InputError } from '@cscapi/core'
import { refused } from '../refused.js'
import type { SourceDatabase } from '../sql/database.js'

/** The tables that every generation of the Python SDK makes. */
const TABLES = ['machine_models', 'signal_models', 'source_models', 'context_models', 'decision_models'] as const
export type Table = (typeof TABLES)[number]

/** How a database of the Python SDK is laid out. */
export interface Layout {
  readonly columns: Readonly<Record<Table, ReadonlySet<string>>>
  /** Before 2024-02: a signal names its source. Since then a source names its signal. */
  readonly signalNamesSource: boolean
}

/** @throws InputError that says which tables there are, when it is none of the Python SDK's */
export async function readLayout(database: SourceDatabase, shown: string): Promise<Layout> {
  const found: [Table, ReadonlySet<string>][] = []
  for (const table of TABLES) found.push([table, await database.columnsOf(table)])
  const missing = found.filter(([, columns]) => columns.size === 0).map(([table]) => table)
  if (missing.length > 0) throw foreign(await database.tables(), missing, shown)
  const columns = Object.fromEntries(found) as Layout['columns']
  const signalNamesSource = columns.signal_models.has('source_id')
  if (!signalNamesSource && !columns.source_models.has('signal_id'))
    throw refused(
      shown,
      'must link sources and signals: there is neither signal_models.source_id nor source_models.signal_id',
    )
  return { columns, signalNamesSource }
}

function foreign(tables: readonly string[], missing: readonly string[], shown: string): InputError {
  const has = (...names: string[]) => names.every((name) => tables.includes(name))
  if (has('machines', 'credentials', 'signals', 'state'))
    return refused(shown, 'is a store of cscapi: use `cscapi copy`')
  if (has('alerts', 'bouncers', 'machines'))
    return refused(shown, 'is a database of the CrowdSec engine: name its online_api_credentials.yaml')
  const seen = tables.length === 0 ? 'no table at all' : tables.slice(0, 20).join(', ')
  return refused(shown, `must be a database of the Python SDK: it lacks ${missing.join(', ')}, and has ${seen}`)
}
