import { IpNetwork } from '@cscapi/signals'
import type { Allowlist } from '../contents/allowlists.js'
import { scopedKey } from '../contents/scoped-values.js'
import { expiryOf, type Source, tableOf } from '../contents/source.js'
import { scopedDecision } from '../lookup/scoped-lookup.js'
import { Beat } from '../pacing/pace.js'
import type { HeldDecision, HeldDecisions } from './held-decisions.js'

/** An entry that came into force, or got a later end, or that is not in force any more. */
export interface DecisionMove {
  /** Whether it came, or went. */
  readonly kind: 'come' | 'gone'
  /** As it is now, or was before it ended. */
  readonly decision: HeldDecision
}

/** An end that is so much later is news. */
const LATER_MS = 1_000

/**
 * What came and went from what was held, at `since`, to what is held now; with the same for both,
 * what ran out in between. `undefined` where others may have their turn.
 */
export function* movesBetween(
  before: HeldDecisions,
  since: number,
  after: HeldDecisions,
  now: number,
): Generator<DecisionMove | undefined, void> {
  const isSameAllowed = before.allowlists === after.allowlists && !runOutBetween(after.allowlists, since, now)
  const earlier = new Map(before.sources.map((source) => [sourceKey(source), source]))
  const later = new Map(after.sources.map((source) => [sourceKey(source), source]))
  yield* localMoves(before, since, after, now, isSameAllowed)
  for (const source of before.sources) {
    const other = later.get(sourceKey(source))
    const isSame = other === source && isSameAllowed
    yield* missing('gone', before, source, since, isSame ? now : Number.POSITIVE_INFINITY, (row, found) =>
      isSame ? true : other === undefined || inForce(after, other, found, row, now) === undefined,
    )
  }
  for (const source of after.sources) {
    const other = earlier.get(sourceKey(source))
    if (other === source && isSameAllowed) continue
    yield* missing('come', after, source, now, Number.POSITIVE_INFINITY, (row, found) => {
      const told = other && inForce(before, other, found, row, since)
      return told === undefined || told.reason !== row.reason || row.expiresAt >= told.expiresAt + LATER_MS
    })
  }
}

/** The rows of a source in force after `at`, that end by `until`, and are moves. */
function* missing(
  kind: DecisionMove['kind'],
  held: HeldDecisions,
  source: Source,
  at: number,
  until: number,
  isMove: (row: HeldDecision, network: IpNetwork | undefined) => boolean,
): Generator<DecisionMove | undefined, void> {
  if (source.expiresAt !== undefined && (source.expiresAt <= at || source.expiresAt > until)) return
  const beat = new Beat()
  const network = new IpNetwork()
  for (const table of [source.v4, source.v6]) {
    for (let index = 0; index < table.size; index += 1) {
      if (beat.isDue()) yield undefined
      const expiresAt = expiryOf(source, table, index)
      if (expiresAt <= at || expiresAt > until) continue
      const row = held.rowAt(source, table.family, index, at)
      if (row === undefined) continue
      table.read(index, network)
      if (isMove(row, network)) yield { kind, decision: row }
    }
  }
  for (const entry of source.scoped.values()) {
    if (beat.isDue()) yield undefined
    if (entry.expiresAt <= at || entry.expiresAt > until) continue
    const row = scopedDecision(source, entry)
    if (isMove(row, undefined)) yield { kind, decision: row }
  }
}

/** The same entry in another state of its source. */
function inForce(
  held: HeldDecisions,
  source: Source,
  network: IpNetwork | undefined,
  { scope, value }: HeldDecision,
  at: number,
): HeldDecision | undefined {
  if (network === undefined) {
    const entry = source.scoped.get(scopedKey(scope, value))
    return entry !== undefined && entry.expiresAt > at ? scopedDecision(source, entry) : undefined
  }
  const index = tableOf(source, network.family).find(network.words, network.prefix)
  return index === -1 ? undefined : held.rowAt(source, network.family, index, at)
}

function* localMoves(
  before: HeldDecisions,
  since: number,
  after: HeldDecisions,
  now: number,
  isSameAllowed: boolean,
): Generator<DecisionMove | undefined, void> {
  const active = (held: HeldDecisions, at: number) =>
    new Map([...held.localInForce(at)].map((decision) => [decision.id, decision]))
  if (before.local === after.local && isSameAllowed) {
    for (const decision of before.local)
      if (decision.expiresAt > since && decision.expiresAt <= now) yield { kind: 'gone', decision }
    return
  }
  const told = active(before, since)
  const current = active(after, now)
  for (const [id, decision] of told) if (!current.has(id)) yield { kind: 'gone', decision }
  for (const [id, decision] of current) if (!told.has(id)) yield { kind: 'come', decision }
}

/** Whether an entry of an allowlist ran out, so that what it allowed is in force again. */
function runOutBetween(allowlists: readonly Allowlist[], since: number, now: number): boolean {
  for (const { v4, v6 } of allowlists)
    for (const { table } of [v4, v6])
      for (let index = 0; index < table.size; index += 1) {
        const expiresAt = table.expiresAt(index)
        if (expiresAt > since && expiresAt <= now) return true
      }
  return false
}

const sourceKey = ({ origin, remediation }: Source) => JSON.stringify([origin, remediation])
