import type { SignalFilter, SignalPage } from '@cscapi/storage'
import { toSignalPage } from '@cscapi/storage-sql'
import type { Sql } from '../connect/sql.js'
import { matches, valuesOf } from './filter.js'

export function listSignals(
  sql: Sql,
  filter: SignalFilter,
  { after = '0', limit = 100 }: { after?: string; limit?: number },
  now: number,
): SignalPage {
  const select = `SELECT s.id AS position, m.machine_id AS machineId, s.uuid, s.payload, s.state, max(?1 - s.changed_at, 0) AS ageMs, s.reason, s.http_status AS httpStatus
    FROM signals s JOIN machines m ON m.id = s.machine WHERE ${matches(filter)} AND s.id > ?5 ORDER BY s.id LIMIT ?2`
  return toSignalPage(sql.query(select, ...valuesOf(filter, limit + 1, now), Number(after)), limit)
}
