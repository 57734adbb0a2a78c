import type { CredentialRow } from '@cscapi/storage-sql'
import * as z from 'zod'
import type { Sql } from '../connect/database.js'
import { bool } from '../connect/text-results.js'

const READ = `
SELECT password, registered, token, token_scenarios AS "tokenScenarios", token_expires_at AS "tokenExpiresAt",
  token_put_at AS "tokenPutAt", auth_failures AS "authFailures", failing_reason AS "failingReason",
  failing_message AS "failingMessage", failing_count AS "failingCount", failing_since AS "failingSince",
  failing_retry_at AS "failingRetryAt", failing_put_at AS "failingPutAt", @now AS now
FROM @.credentials WHERE machine_id = $1`

const instant = z.coerce.bigint()
const rowsSchema = z
  .array(
    z.object({
      password: z.string(),
      registered: bool,
      token: z.string().nullable(),
      tokenScenarios: z.string().nullable(),
      tokenExpiresAt: instant.nullable(),
      tokenPutAt: instant,
      authFailures: z.coerce.number(),
      failingReason: z.string().nullable(),
      failingMessage: z.string().nullable(),
      failingCount: z.coerce.number(),
      failingSince: instant.nullable(),
      failingRetryAt: instant.nullable(),
      failingPutAt: instant,
      now: z.coerce.number(),
    }),
  )
  .max(1)

/**
 * Reads the credentials of a machine, and the server's time. A plain statement, since every login
 * and every lease needs them: Prisma is for what is asked rarely.
 */
export async function readCredentials(
  sql: Sql,
  machineId: string,
): Promise<(CredentialRow & { readonly now: number }) | undefined> {
  const [row] = rowsSchema.parse(await sql.query(READ, machineId))
  return row
}
