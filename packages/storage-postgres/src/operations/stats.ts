import type { QueueStats } from '@cscapi/storage'
import * as z from 'zod'
import type { Sql } from '../connect/database.js'
import { isLeased } from './live-lease.js'

const number = z.coerce.number()
const statsSchema = z.tuple([
  z.object({
    unsent: number,
    leased: number,
    sent: number,
    rejected: number,
    machines: number,
    failing: number,
    oldestPendingMs: number.nullable(),
  }),
])

/** Sums over machines, and one probe for each that is awake. */
const STATS = `
SELECT (SELECT coalesce(sum(change), 0) FROM @.pending_changes) AS unsent,
  (SELECT count(*) FROM (SELECT machine_id FROM @.machines UNION SELECT machine_id FROM @.credentials) AS known) AS machines,
  (SELECT count(*) FROM @.credentials WHERE failing_reason IS NOT NULL) AS failing,
  coalesce(sum(sent), 0) + coalesce((SELECT value FROM @.totals WHERE name = 'sent'), 0) AS sent, coalesce(sum(rejected), 0) AS rejected,
  coalesce(sum(CASE WHEN ${isLeased('m')} THEN cardinality(lease_seqs) ELSE 0 END), 0) AS leased,
  @now - min(CASE WHEN due_at IS NOT NULL THEN (SELECT changed_at FROM @.signals s WHERE s.machine = m.id AND s.state = 0 ORDER BY seq LIMIT 1) END)
    AS "oldestPendingMs"
FROM @.machines m`

export async function stats(sql: Sql): Promise<QueueStats> {
  const rows = await sql.query(STATS)
  const [{ unsent, leased, sent, rejected, machines, failing, oldestPendingMs }] = statsSchema.parse(rows)
  const oldest = oldestPendingMs === null ? undefined : Math.max(oldestPendingMs, 0)
  return { pending: unsent - leased, leased, sent, rejected, machines, failing, oldestPendingMs: oldest }
}
