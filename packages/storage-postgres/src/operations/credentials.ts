import type { CredentialRow } from '@cscapi/storage-sql'
import * as z from 'zod'

/** A row of credentials, as the server writes it in JSON. */
export const credentialsSchema = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(
    z.object({
      password: z.string(),
      registered: z.boolean(),
      token: z.string().nullable(),
      token_scenarios: z.string().nullable(),
      token_expires_at: z.number().nullable(),
      token_put_at: z.number(),
      auth_failures: z.number(),
      failing_reason: z.string().nullable(),
      failing_message: z.string().nullable(),
      failing_count: z.number(),
      failing_since: z.number().nullable(),
      failing_retry_at: z.number().nullable(),
      failing_put_at: z.number(),
    }),
  )
  .transform(
    (row): CredentialRow => ({
      password: row.password,
      registered: row.registered,
      token: row.token,
      tokenScenarios: row.token_scenarios,
      tokenExpiresAt: row.token_expires_at,
      tokenPutAt: row.token_put_at,
      authFailures: row.auth_failures,
      failingReason: row.failing_reason,
      failingMessage: row.failing_message,
      failingCount: row.failing_count,
      failingSince: row.failing_since,
      failingRetryAt: row.failing_retry_at,
      failingPutAt: row.failing_put_at,
    }),
  )
