import type { AllowlistLink, BlocklistLink, InputIssue } from '@cscapi/signals'

/** An address, a range or something else that CAPI wants kept out. */
export interface Decision {
  /** An address, a range, or what else the scope says, e.g. a country code. */
  readonly value: string
  /**
   * `Ip`, `Range`, `AS` and `Country` are spelled so, whatever the answer's case; others are left
   * as they come.
   */
  readonly scope: string
  /** Why, usually a scenario. */
  readonly scenario: string
  /** As it came, a Go duration. */
  readonly duration: string
  /** Epoch milliseconds: when the answer was received, plus the duration. */
  readonly expiresAt: number
}

/** What CAPI takes back. */
export interface DeletedDecision {
  /** The value that is let go. */
  readonly value: string
  /** What the value is, e.g. `ip` or `range`. */
  readonly scope: string
}

/**
 * One answer of the decision stream. It is neither a snapshot nor a delta: add `new`, remove
 * `deleted`, and let the rest expire (docs/capi-protocol.md, Answer).
 */
export interface DecisionStream {
  /** Epoch milliseconds: when the answer began to come. */
  readonly receivedAt: number
  /** Decisions that hold from now on, each for its duration. */
  readonly new: readonly Decision[]
  /** Decisions that CAPI takes back. */
  readonly deleted: readonly DeletedDecision[]
  /** Where further blocklists and allowlists are downloaded. */
  readonly links: { readonly blocklists: readonly BlocklistLink[]; readonly allowlists: readonly AllowlistLink[] }
  /**
   * What is wrong with the first entries that could not be read, at most 100 issues, those of links
   * first.
   */
  readonly skipped: readonly InputIssue[]
  /** How many entries could not be read; the others are not affected. */
  readonly skippedCount: number
}
