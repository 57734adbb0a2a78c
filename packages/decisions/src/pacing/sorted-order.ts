import { Beat } from './pace.js'

/** As many as are sorted in one go. */
const RUN = 1_024

/**
 * The numbers below `count` in the order of what they stand for; pauses in between. Of equals, the
 * lower number comes first.
 */
export function* sortedOrder(
  count: number,
  compare: (a: number, b: number) => number,
): Generator<undefined, Uint32Array> {
  const beat = new Beat()
  let from = new Uint32Array(count)
  for (let start = 0; start < count; start += RUN) {
    const run = from.subarray(start, start + RUN)
    for (let at = 0; at < run.length; at += 1) run[at] = start + at
    run.sort(compare)
    if (beat.isDue(run.length)) yield
  }
  let to = new Uint32Array(count)
  for (let width = RUN; width < count; width *= 2) {
    for (let left = 0; left < count; left += 2 * width) {
      yield* merge(from, to, left, Math.min(left + width, count), Math.min(left + 2 * width, count), compare)
    }
    ;[from, to] = [to, from]
  }
  return from
}

function* merge(
  from: Uint32Array,
  to: Uint32Array,
  left: number,
  middle: number,
  end: number,
  compare: (a: number, b: number) => number,
): Generator<undefined, void> {
  const beat = new Beat()
  let a = left
  let b = middle
  for (let at = left; at < end; at += 1) {
    const takesLeft = b === end || (a < middle && compare(from[a] ?? 0, from[b] ?? 0) <= 0)
    to[at] = (takesLeft ? from[a] : from[b]) ?? 0
    if (takesLeft) a += 1
    else b += 1
    if (beat.isDue()) yield
  }
}
