import type { Pace } from '../pace.js'
import { type Remediations, rank } from '../remediations.js'

/** What importance is told by. */
export interface Ranked {
  readonly remediation: string
  /** Shorter is more important. */
  readonly prefix: number
  /** Epoch milliseconds; later is more important. */
  readonly expiresAt: number
}

/** The `max` most important items in the order in which they came; of equals, those that came first. Holds at most twice as many. */
export async function mostImportant<T extends Ranked>(
  items: Iterable<T>,
  max: number,
  remediations: Remediations,
  pace: Pace,
): Promise<{ kept: readonly T[]; leftOut: number }> {
  let held: { item: T; index: number }[] = []
  let count = 0
  const shrink = () => {
    held.sort(
      (a, b) =>
        rank(remediations, a.item.remediation) - rank(remediations, b.item.remediation) ||
        a.item.prefix - b.item.prefix ||
        b.item.expiresAt - a.item.expiresAt ||
        a.index - b.index,
    )
    held = held.slice(0, max)
  }
  await pace.each(items, (item, index) => {
    held.push({ item, index })
    count += 1
    if (held.length >= 2 * max) shrink()
  })
  shrink()
  const kept = held.sort((a, b) => a.index - b.index).map(({ item }) => item)
  return { kept, leftOut: count - kept.length }
}
