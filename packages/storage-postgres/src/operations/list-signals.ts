import type { PageRequest, SignalFilter, SignalPage } from '@cscapi/storage'
import { toSignalPage } from '@cscapi/storage-sql'
import type { Sql } from '../connect/database.js'
import { matches, valuesOf } from './filter.js'

export async function listSignals(
  sql: Sql,
  filter: SignalFilter,
  { after = '0', limit }: PageRequest,
): Promise<SignalPage> {
  const select = `SELECT s.seq AS position, m.machine_id AS "machineId", s.uuid, s.payload, s.state, greatest(@now - s.changed_at, 0) AS "ageMs",
      s.reason, s.http_status AS "httpStatus"
    FROM @.signals s JOIN @.machines m ON m.id = s.machine
    WHERE ${matches(filter)} AND s.seq > $4::bigint ORDER BY s.seq LIMIT $1`
  return toSignalPage(await sql.query(select, ...valuesOf(filter, limit + 1), after), limit)
}
