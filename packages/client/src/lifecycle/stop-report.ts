/** What remains after {@link CapiClient.stop}. */
export interface StopReport {
  /**
   * Signals that wait in the store for the next start; `undefined` when the store did not say in
   * time.
   */
  readonly pending: number | undefined
  /** Signals that other processes are sending now. */
  readonly leased: number | undefined
  /**
   * Leases that this client still holds: 0, unless something is `running`. They run out after
   * `leaseMs`.
   */
  readonly heldLeases: number
  /**
   * Whether something had not ended at the deadline: the store, or a source of signals, does not
   * answer.
   */
  readonly running: boolean
  /** Milliseconds. */
  readonly durationMs: number
}
