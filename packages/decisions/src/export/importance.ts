import { type Remediations, rank } from '../contents/remediations.js'
import { Beat, type Pace, type Paced } from '../pacing/pace.js'
import { sortedOrder } from '../pacing/sorted-order.js'

/** What importance is told by. */
export interface Ranked {
  readonly remediation: string
  /** Shorter is more important. */
  readonly prefix: number
  /** Epoch milliseconds; later is more important. */
  readonly expiresAt: number
}

/**
 * The `max` most important items in the order in which they came; of equals, those that came first.
 * Holds at most twice as many.
 */
export async function mostImportant<T extends Ranked>(
  items: Paced<T>,
  max: number,
  remediations: Remediations,
  pace: Pace,
): Promise<{ kept: readonly T[]; leftOut: number }> {
  let held: T[] = []
  let count = 0
  for (const item of items) {
    if (item === undefined) {
      await pace.turn()
      continue
    }
    held.push(item)
    count += 1
    if (held.length >= 2 * max) held = await pace.finish(shrunk(held, max, remediations))
  }
  if (held.length > max) held = await pace.finish(shrunk(held, max, remediations))
  return { kept: held, leftOut: count - held.length }
}

/** The most important, in the order in which they came. */
function* shrunk<T extends Ranked>(
  held: readonly T[],
  max: number,
  remediations: Remediations,
): Generator<undefined, T[]> {
  const beat = new Beat()
  const ranks = new Float64Array(held.length)
  for (const [at, { remediation }] of held.entries()) {
    ranks[at] = rank(remediations, remediation)
    if (beat.isDue()) yield
  }
  const order = yield* sortedOrder(held.length, (a, b) => {
    const [one, other] = [held[a], held[b]]
    if (one === undefined || other === undefined) return a - b
    return (ranks[a] ?? 0) - (ranks[b] ?? 0) || one.prefix - other.prefix || other.expiresAt - one.expiresAt || a - b
  })
  const isKept = new Uint8Array(held.length)
  for (const at of order.subarray(0, max)) {
    isKept[at] = 1
    if (beat.isDue()) yield
  }
  const kept: T[] = []
  for (const [at, item] of held.entries()) {
    if (isKept[at] === 1) kept.push(item)
    if (beat.isDue()) yield
  }
  return kept
}
