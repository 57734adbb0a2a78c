import type { MachineToken } from './machine-store.js'
import { tokenLifetimeMs } from './token-claims.js'
import { tokenFlaw } from './token-flaw.js'

/**
 * A token that lives no longer is used until a 401: it would be due for a login again and again
 * otherwise. In milliseconds.
 */
const SHORT_LIFE_MS = 5 * 60_000

export interface TokenWish {
  /** A token that CAPI refused: any other will do. */
  readonly refused?: string | undefined
  /** Only a token that was issued for all of these. */
  readonly scenarios?: readonly string[] | undefined
}

/**
 * Gives the stored token, if it can be used as it is; `latencyOffsetMs` is how early it counts as
 * expired.
 */
export function usableToken(
  token: MachineToken | undefined,
  { refused, scenarios = [] }: TokenWish,
  latencyOffsetMs: number,
): string | undefined {
  if (token === undefined || token.value === refused || tokenFlaw(token.value) !== undefined) return undefined
  if (scenarios.some((scenario) => !token.scenarios.includes(scenario))) return undefined
  if (token.expiresInMs === undefined || isShortLived(token)) return token.value
  const lifetimeMs = tokenLifetimeMs(token.value) ?? Number.POSITIVE_INFINITY
  return token.expiresInMs > Math.min(latencyOffsetMs, lifetimeMs / 2) ? token.value : undefined
}

export function isShortLived({ value }: MachineToken): boolean {
  return (tokenLifetimeMs(value) ?? Number.POSITIVE_INFINITY) <= SHORT_LIFE_MS
}
