const ALLOWED = 10
const WINDOW_MS = 5 * 60_000
/** More networks than these share one count, so that the memory is bounded. */
const MOST_NETWORKS = 10_000

/** Counts wrong tokens by network: after 10 in 5 minutes none of it is looked at any more. */
export class WrongTokens {
  readonly #counts = new Map<string, { count: number; until: number }>()

  /** Milliseconds that this network has to wait; 0 when its token is looked at. */
  waitMs(network: string, now: number): number {
    const entry = this.#counts.get(this.#keyOf(network))
    return entry === undefined || entry.count < ALLOWED ? 0 : Math.max(entry.until - now, 0)
  }

  /** Notes a wrong token. */
  note(network: string, now: number): void {
    if (this.#counts.size >= MOST_NETWORKS) this.#forget(now)
    const key = this.#keyOf(network)
    const entry = this.#counts.get(key)
    if (entry === undefined || entry.until <= now) this.#counts.set(key, { count: 1, until: now + WINDOW_MS })
    else entry.count += 1
  }

  #keyOf(network: string): string {
    return this.#counts.has(network) || this.#counts.size < MOST_NETWORKS ? network : 'others'
  }

  #forget(now: number): void {
    for (const [key, { until }] of this.#counts) if (until <= now) this.#counts.delete(key)
  }
}
