import { parseJson } from '@cscapi/signals'
import * as z from 'zod'

/**
 * What cscapi reads in a token. Nobody verifies the signature (docs/capi-protocol.md, Login and
 * token).
 */
export interface TokenClaims {
  /** Epoch seconds. */
  readonly iat: number | undefined
  /** Epoch seconds. */
  readonly exp: number | undefined
  /** Set once the machine belongs to a console account. */
  readonly organizationId: string | undefined
  /** `COMMUNITY`, `SECOPS`, `ENTERPRISE`. */
  readonly subscriptionType: string | undefined
}

const claimsSchema = z.object({
  iat: z.number().optional().catch(undefined),
  exp: z.number().optional().catch(undefined),
  organization_id: z.string().optional().catch(undefined),
  subscription_type: z.string().optional().catch(undefined),
})

/** Reads the claims of a token; all are `undefined` where it cannot be read. Never throws. */
export function readTokenClaims(token: string): TokenClaims {
  const parsed = claimsSchema.safeParse(decodePayload(token))
  const claims = parsed.success ? parsed.data : {}
  return {
    iat: claims.iat,
    exp: claims.exp,
    organizationId: claims.organization_id,
    subscriptionType: claims.subscription_type,
  }
}

/** No token is believed to live longer, in milliseconds. */
const LONGEST_MS = 366 * 24 * 3_600_000

/**
 * Tells the milliseconds from issue to expiry, `exp − iat`, a year at most; the host's clock plays
 * no part. `undefined` where the token does not say.
 */
export function tokenLifetimeMs(token: string): number | undefined {
  const { iat, exp } = readTokenClaims(token)
  if (iat === undefined || exp === undefined) return undefined
  const lifetimeMs = Math.round((exp - iat) * 1_000)
  return lifetimeMs > 0 ? Math.min(lifetimeMs, LONGEST_MS) : undefined
}

function decodePayload(token: unknown): unknown {
  if (typeof token !== 'string') return undefined
  const [, payload, signature] = token.split('.')
  if (payload === undefined || signature === undefined) return undefined
  return parseJson(Buffer.from(payload, 'base64url').toString('utf8'))
}
