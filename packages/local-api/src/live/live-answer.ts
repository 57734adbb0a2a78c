import type { HeldDecision, HeldDecisions } from '@cscapi/decisions'
import { readFilter } from './decision-filter.js'
import { readCount, readNetwork } from './network-filter.js'
import { decisionJson, idOf, secondsLeft, wireNames } from './wire.js'

/**
 * The texts of the answer to `GET /v1/decisions`: an array of every decision that is asked for, not
 * deduplicated, or exactly `null`.
 * @throws Refusal, before the first text, for a filter that cannot be read
 */
export function liveAnswer(
  query: URLSearchParams,
  held: HeldDecisions,
  now: () => number,
): Iterable<string | undefined> {
  const network = readNetwork(query)
  const filter = readFilter(query)
  const limit = readCount(query, 'limit') || undefined
  const offset = readCount(query, 'offset') ?? 0
  const above = readCount(query, 'id_gt') ?? 0
  const isPage = limit !== undefined || offset > 0 || above > 0
  const rows =
    network === undefined
      ? held.rows(now())
      : network.contains
        ? held.around(network.network, now())
        : held.within(network.network, now())
  const wanted = matching(rows, (decision) => filter(wireNames(decision)) && secondsLeft(decision.expiresAt, now()) > 0)
  return arrayOf(isPage ? page(wanted, above, offset, limit ?? Number.POSITIVE_INFINITY) : wanted, now)
}

function* matching(
  rows: Iterable<HeldDecision | undefined>,
  isWanted: (one: HeldDecision) => boolean,
): Generator<HeldDecision | undefined> {
  for (const row of rows) if (row === undefined || isWanted(row)) yield row
}

/** By ascending id. */
function* page(
  rows: Iterable<HeldDecision | undefined>,
  above: number,
  offset: number,
  limit: number,
): Generator<HeldDecision | undefined> {
  const all: (readonly [number, HeldDecision])[] = []
  for (const row of rows) {
    if (row === undefined) yield undefined
    else if (idOf(row) > above) all.push([idOf(row), row])
  }
  all.sort(([a], [b]) => a - b)
  for (const [, row] of all.slice(offset, offset + limit)) yield row
}

function* arrayOf(rows: Iterable<HeldDecision | undefined>, now: () => number): Generator<string | undefined> {
  let isFirst = true
  for (const row of rows) {
    if (row === undefined) yield undefined
    else {
      const seconds = Math.max(secondsLeft(row.expiresAt, now()), 1)
      yield `${isFirst ? '[' : ','}${decisionJson(row, seconds)}`
      isFirst = false
    }
  }
  yield isFirst ? 'null' : ']'
}
