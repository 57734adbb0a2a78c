import type { ActiveDecision } from '../lookup/active-decision.js'

/**
 * Why it is not known what to do: a connection without an address, or a trusted proxy that names
 * none; one that has ended; headers that are cut off; `decisions` that throws. A client can bring
 * `gone` and `cut` about by itself, so they are refused whatever `whenUnknown` says.
 */
export type UnknownReason = 'no_address' | 'gone' | 'cut' | 'check_failed'

/** What is to be done about a request. Addresses are canonical. */
export type Outcome =
  | { readonly kind: 'pass'; readonly address: string }
  /** `decision.remediation` says what. */
  | { readonly kind: 'remediate'; readonly address: string; readonly decision: ActiveDecision }
  /** `isBlocked` is what becomes of it; `error` is what `decisions` threw. */
  | {
      readonly kind: 'unknown'
      readonly reason: UnknownReason
      readonly address: string | undefined
      readonly isBlocked: boolean
      readonly error: unknown
    }

/** Whether a request is answered instead of served. */
export function isRefused(outcome: Outcome): outcome is Exclude<Outcome, { kind: 'pass' }> {
  return outcome.kind === 'remediate' || (outcome.kind === 'unknown' && outcome.isBlocked)
}
