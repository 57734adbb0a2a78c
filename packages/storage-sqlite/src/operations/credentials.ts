import * as z from 'zod'
import type { Sql } from '../connect/sql.js'

/** What makes a machine, of its row `c`. */
export const COLUMNS = `c.password, c.registered, c.token, c.token_scenarios AS tokenScenarios, c.token_expires_at AS tokenExpiresAt,
  c.auth_failures AS authFailures, c.failing_reason AS failingReason, c.failing_message AS failingMessage,
  c.failing_count AS failingCount, c.failing_since AS failingSince, c.failing_retry_at AS failingRetryAt,
  c.token_put_at AS tokenPutAt, c.failing_put_at AS failingPutAt`

const text = z.string().nullable()
const instant = z.number().nullable()
export const credentialSchema = z.object({
  password: z.string(),
  registered: z.number().transform(Boolean),
  token: text,
  tokenScenarios: text,
  tokenExpiresAt: instant,
  authFailures: z.number(),
  failingReason: text,
  failingMessage: text,
  failingCount: z.number(),
  failingSince: instant,
  failingRetryAt: instant,
  tokenPutAt: z.number(),
  failingPutAt: z.number(),
})

export const idsSchema = z.array(z.object({ id: z.number() }))

export const FIND_ID = 'SELECT id FROM machines WHERE machine_id = ?1'

/** The key of a machine that has credentials or signals. */
export function machineIdOf(sql: Sql, machineId: string): number | undefined {
  return idsSchema.parse(sql.query(FIND_ID, machineId))[0]?.id
}
