import type { LeaseResult, SignalLease } from '@cscapi/storage'
import * as z from 'zod'
import { failingUntil } from '../clock.js'
import type { Sql } from '../connect/sql.js'

const HOLDER = 'SELECT id, lease_last AS leaseLast FROM machines WHERE machine_id = ?1 AND lease_token = ?2'

const LEASED = 'machine = ?1 AND state = 0 AND id <= ?2'
const DELETE_SENT = `DELETE FROM signals WHERE ${LEASED} AND uuid IN (SELECT value FROM json_each(?3))`
const KEEP_SENT = `UPDATE signals SET state = 2, changed_at = ?4 WHERE ${LEASED} AND uuid IN (SELECT value FROM json_each(?3))`

const REJECT = `
UPDATE signals SET state = 1, changed_at = ?4, reason = r.reason, http_status = r.status
FROM (SELECT value ->> 0 AS uuid, value ->> 1 AS reason, value ->> 2 AS status FROM json_each(?3)) AS r
WHERE ${LEASED} AND signals.uuid = r.uuid`

/** Due again at once, after the delay, or asleep when nothing is left. */
const RELEASE = `
UPDATE machines SET
  lease_token = NULL, lease_until = 0, held = 0,
  sent = sent + ?2, rejected = rejected + ?3, pending = pending - ?2 - ?3,
  attempts = CASE WHEN ?2 + ?3 > 0 THEN 0 ELSE attempts END + ?4,
  attempts_since = CASE WHEN ?4 = 0 OR (attempts > 0 AND ?2 + ?3 = 0) THEN min(attempts_since, ?5) ELSE ?5 END,
  put_at = ?5,
  due_at = CASE WHEN EXISTS (SELECT 1 FROM signals WHERE machine = machines.id AND state = 0) THEN max(?6, ${failingUntil('?5')}) END
WHERE id = ?1`

const holderSchema = z.array(z.object({ id: z.number(), leaseLast: z.number() })).max(1)

/** Writes down what became of the leased signals and ends the lease; inside a transaction. */
export function settle(
  sql: Sql,
  { machineId, token }: Pick<SignalLease, 'machineId' | 'token'>,
  { sent = [], keepSent = false, rejected = [], retry }: LeaseResult,
  now: number,
): { lost: boolean } {
  const [holder] = holderSchema.parse(sql.query(HOLDER, machineId, token))
  if (holder === undefined) return { lost: true }
  const { id, leaseLast } = holder
  let sentCount = 0
  if (sent.length > 0) {
    const uuids = JSON.stringify(sent)
    sentCount = keepSent
      ? sql.execute(KEEP_SENT, id, leaseLast, uuids, now)
      : sql.execute(DELETE_SENT, id, leaseLast, uuids)
  }
  let rejectedCount = 0
  if (rejected.length > 0) {
    const rows = JSON.stringify(rejected.map(({ uuid, reason, status }) => [uuid, reason, status ?? null]))
    rejectedCount = sql.execute(REJECT, id, leaseLast, rows, now)
  }
  const attempt = retry !== undefined && retry.countsAsAttempt !== false ? 1 : 0
  sql.execute(RELEASE, id, sentCount, rejectedCount, attempt, now, now + (retry?.afterMs ?? 0))
  return { lost: false }
}
