/** What became of one list. */
export interface PulledList {
  /** What the list says of its entries: refused, or never to be refused. */
  readonly kind: 'blocklist' | 'allowlist'
  readonly name: string
  /** `failed` leaves it as it was; `removed` is one that is not linked any more. */
  readonly outcome: 'replaced' | 'unchanged' | 'failed' | 'removed'
  /** Entries that were passed over. */
  readonly skipped: number
  /** Why it `failed`; absent otherwise. */
  readonly error?: unknown
}

/** What a pull did. */
export interface PullReport {
  /** False when the last pull is too recent. */
  readonly pulled: boolean
  /** Milliseconds until a pull makes sense again. */
  readonly nextInMs: number
  /** Entries of the stream that came. */
  readonly added: number
  /** Entries of the stream that CAPI took back. */
  readonly removed: number
  /**
   * Entries of the stream that were passed over: they cannot be read, or would lock out too many.
   */
  readonly skipped: number
  /** What became of each list that the stream links to, and of those it does not any more. */
  readonly lists: readonly PulledList[]
  /** Entries in the set now. */
  readonly size: number
}
