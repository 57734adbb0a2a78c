import { ageMs, type QueueStats } from '@cscapi/storage'
import * as z from 'zod'
import { isAhead } from '../clock.js'
import type { Sql } from '../connect/sql.js'

/** Sums over machines, and one probe for each that is awake. */
const STATS = `
SELECT count(*) AS machines, coalesce(sum(pending - leased), 0) AS pending, coalesce(sum(leased), 0) AS leased,
  coalesce(sum(sent), 0) + coalesce((SELECT value FROM totals WHERE name = 'sent'), 0) AS sent, coalesce(sum(rejected), 0) AS rejected,
  (SELECT count(*) FROM credentials WHERE failing_reason IS NOT NULL) AS failing,
  (SELECT min((SELECT changed_at FROM signals WHERE machine = a.id AND state = 0 ORDER BY id LIMIT 1))
    FROM machines a WHERE a.due_at IS NOT NULL) AS oldest
FROM (SELECT pending, sent, rejected,
  CASE WHEN lease_token IS NOT NULL AND lease_until > ?1 AND NOT ${isAhead('put_at', '?1')} THEN min(held, pending) ELSE 0 END AS leased FROM machines)`

const number = z.coerce.number()
const statsSchema = z.tuple([
  z.object({
    pending: number,
    leased: number,
    sent: number,
    rejected: number,
    machines: number,
    failing: number,
    oldest: number.nullable(),
  }),
])

export function stats(sql: Sql, now: number): QueueStats {
  const [{ oldest, ...counts }] = statsSchema.parse(sql.query(STATS, now))
  return { ...counts, oldestPendingMs: oldest === null ? undefined : ageMs(oldest, now) }
}
