/**
 * Signals that agree in all of `by` count as repeats of the first for `windowMs`; they are left out
 * and counted.
 */
export interface DedupOptions {
  /** What has to be equal. `source` is scope and value. */
  readonly by: readonly ('source' | 'scenario' | 'machine')[]
  /**
   * Milliseconds, counted from the last one that was added: an attack that goes on is reported once
   * per window.
   */
  readonly windowMs: number
}
