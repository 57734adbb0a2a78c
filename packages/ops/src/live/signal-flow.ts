import type { ClientStats } from '@cscapi/client'

/** Signals that came in, left and were rejected since somebody began to look. */
export interface FlowTotals {
  readonly in: number
  readonly sent: number
  readonly rejected: number
}

/**
 * Derives what flows from the counts of the store, so that all processes are in it. Signals that
 * were deleted between two looks are missing from what came in; nothing is ever counted below 0.
 */
export class SignalFlow {
  #before: ClientStats | undefined
  #totals = { in: 0, sent: 0, rejected: 0 }
  /** Rejections that this process told of since the last look. */
  #told = 0

  /**
   * Notes dead letters of this process: requeued and rejected again, they are not in the counts.
   */
  noteRejected(count: number): void {
    this.#told += count
  }

  /** Takes the store's counts, and gives the totals. */
  take(stats: ClientStats): FlowTotals {
    const before = this.#before ?? stats
    this.#before = stats
    const sent = Math.max(stats.sent - before.sent, 0)
    const held = ({ pending, leased, rejected }: ClientStats) => pending + leased + rejected
    const { in: came, sent: left, rejected } = this.#totals
    this.#totals = {
      in: came + Math.max(held(stats) - held(before) + sent, 0),
      sent: left + sent,
      rejected: rejected + Math.max(stats.rejected - before.rejected, this.#told),
    }
    this.#told = 0
    return this.#totals
  }
}
