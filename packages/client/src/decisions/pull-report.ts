/** What became of one list. */
export interface PulledList {
  readonly kind: 'blocklist' | 'allowlist'
  readonly name: string
  /** `failed` leaves it as it was; `removed` is one that is not linked any more. */
  readonly outcome: 'replaced' | 'unchanged' | 'failed' | 'removed'
  /** Entries that were passed over. */
  readonly skipped: number
  readonly error?: unknown
}

/** What a pull did. */
export interface PullReport {
  /** False when the last pull is too recent. */
  readonly pulled: boolean
  /** Milliseconds until a pull makes sense again. */
  readonly nextInMs: number
  /** Entries of the stream that came, and that CAPI took back. */
  readonly added: number
  readonly removed: number
  /**
   * Entries of the stream that were passed over: they cannot be read, or would lock out too many.
   */
  readonly skipped: number
  readonly lists: readonly PulledList[]
  /** Entries in the set now. */
  readonly size: number
}
