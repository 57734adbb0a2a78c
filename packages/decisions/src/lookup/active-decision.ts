/** One entry of the blocklist that is in force, as {@link DecisionSet} answers and lists it. */
export interface ActiveDecision {
  /**
   * Canonical: `203.0.113.7`, `203.0.113.0/24`, `2001:db8::1`, `2001:db8::/32`; of another scope as
   * it came.
   */
  readonly value: string
  /** `Ip` or `Range` for addresses; others (`Country`, `AS`, `username`, …) as they came. */
  readonly scope: string
  /**
   * What to do: `ban`, `captcha`, `throttle` or anything else that a list says. CAPI's stream names
   * none and means `ban`.
   */
  readonly remediation: string
  /** Why: the scenario of CAPI's stream, or the list's name. */
  readonly reason: string
  /** Where it comes from: `CAPI`, or `lists:<name>`. */
  readonly origin: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
}
