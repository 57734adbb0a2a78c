import { type Paced, through } from '../pacing/pace.js'
import { bitsOf, type Network } from './network.js'

/** Addresses one after the other that have the same remediation. */
interface Segment {
  readonly first: bigint
  readonly last: bigint
  readonly remediation: string
  readonly expiresAt: number
}

/**
 * The fewest disjoint networks that answer for each address as the longest prefix of those given
 * does. Those given are of one family and ascending, a range before what is in it. A remediation
 * that is not `wanted` leaves a hole. Memory grows with how deep they are nested, not with how many
 * they are.
 */
export function* aggregate(
  family: 4 | 6,
  networks: Paced<Network>,
  isWanted: (remediation: string) => boolean,
): Generator<Network | undefined> {
  let open: Segment | undefined
  for (const segment of segments(networks)) {
    if (segment === undefined) {
      yield undefined
      continue
    }
    if (!isWanted(segment.remediation)) continue
    if (open?.remediation === segment.remediation && open.last + 1n === segment.first) {
      open = { ...open, last: segment.last, expiresAt: Math.max(open.expiresAt, segment.expiresAt) }
      continue
    }
    if (open !== undefined) yield* split(family, open)
    open = segment
  }
  if (open !== undefined) yield* split(family, open)
}

/** Nested networks as what the longest prefix says of each address, in ascending order. */
function* segments(networks: Paced<Network>): Generator<Segment | undefined> {
  const around: Segment[] = []
  let next = 0n
  yield* through(networks, function* ({ family, first, prefix, remediation, expiresAt }) {
    for (let inner = around.at(-1); inner !== undefined && inner.last < first; inner = around.at(-1)) {
      if (next <= inner.last) yield { ...inner, first: next }
      next = inner.last + 1n
      around.pop()
    }
    const outer = around.at(-1)
    if (outer !== undefined && next < first) yield { ...outer, first: next, last: first - 1n }
    next = first
    around.push({ first, last: first + (1n << BigInt(bitsOf(family) - prefix)) - 1n, remediation, expiresAt })
  })
  for (let inner = around.pop(); inner !== undefined; inner = around.pop()) {
    if (next <= inner.last) yield { ...inner, first: next }
    next = inner.last + 1n
  }
}

/** The fewest networks that make up a segment. */
function* split(family: 4 | 6, { first, last, remediation, expiresAt }: Segment): Generator<Network> {
  const bits = bitsOf(family)
  for (let next = first; next <= last; ) {
    let free = 0
    while (free < bits && (next & (1n << BigInt(free))) === 0n && next + (2n << BigInt(free)) - 1n <= last) free += 1
    yield { family, first: next, prefix: bits - free, remediation, expiresAt }
    next += 1n << BigInt(free)
  }
}
