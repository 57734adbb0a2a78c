import type { FlowTotals } from './signal-flow.js'

const MINUTE_MS = 60_000

/** Gives what flowed in the last minute. */
export class Rates {
  readonly #looks: { readonly at: number; readonly totals: FlowTotals }[] = []

  /** Notes the totals of now, and gives signals a minute. */
  take(at: number, totals: FlowTotals): FlowTotals {
    // A clock that was put back begins anew.
    if (at < (this.#looks.at(-1)?.at ?? at)) this.#looks.length = 0
    this.#looks.push({ at, totals })
    while (this.#looks.length > 2 && at - (this.#looks[1]?.at ?? at) >= MINUTE_MS) this.#looks.shift()
    const first = this.#looks[0] ?? { at, totals }
    // A look of some seconds says little of a minute: it counts as one.
    const minutes = Math.max(at - first.at, MINUTE_MS) / MINUTE_MS
    const perMinute = (key: keyof FlowTotals) => Math.round((totals[key] - first.totals[key]) / minutes)
    return { in: perMinute('in'), sent: perMinute('sent'), rejected: perMinute('rejected') }
  }
}
