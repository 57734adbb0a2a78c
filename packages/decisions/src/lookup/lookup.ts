import { type Family, IpNetwork } from '@cscapi/signals'
import { isAllowed } from '../sources/allowlists.js'
import type { Contents } from '../sources/contents.js'
import { type Remediations, rank } from '../sources/remediations.js'
import { expiryOf, reasonOf, type Source, tableOf } from '../sources/source.js'
import type { ActiveDecision } from './active-decision.js'

const FOUND = new IpNetwork()

/**
 * The deciding entry around an address or a range: the longest prefix, then the strictest
 * remediation. A miss allocates nothing.
 */
export function lookUp(
  contents: Contents,
  asked: IpNetwork,
  now: number,
  remediations: Remediations,
): ActiveDecision | undefined {
  const { words, family, prefix: within } = asked
  let best: Source | undefined
  let bestIndex = -1
  let bestPrefix = -1
  const { sources } = contents
  for (let at = 0; at < sources.length; at += 1) {
    const source = sources[at]
    if (source === undefined) continue
    const table = tableOf(source, family)
    if (!table.mayHold(words)) continue
    const { lengths } = table
    for (let step = 0; step < lengths.length; step += 1) {
      const prefix = lengths[step] ?? 0
      if (prefix > within) continue
      if (prefix < bestPrefix) break
      const index = table.find(words, prefix)
      if (index === -1 || expiryOf(source, table, index) <= now) continue
      if (
        prefix > bestPrefix ||
        best === undefined ||
        rank(remediations, source.remediation) < rank(remediations, best.remediation)
      ) {
        best = source
        bestIndex = index
        bestPrefix = prefix
      }
      break
    }
  }
  // Every wider entry around this one holds the allowed part too.
  return best === undefined ? undefined : decisionUnlessAllowed(contents, best, family, bestIndex, now)
}

/** All entries around an address, the deciding one first. */
export function lookUpAll(
  contents: Contents,
  { words, family }: IpNetwork,
  now: number,
  remediations: Remediations,
): ActiveDecision[] {
  const found: { prefix: number; order: number; decision: ActiveDecision }[] = []
  for (const source of contents.sources) {
    const table = tableOf(source, family)
    for (const prefix of table.lengths) {
      const index = table.find(words, prefix)
      if (index === -1 || expiryOf(source, table, index) <= now) continue
      const decision = decisionUnlessAllowed(contents, source, family, index, now)
      if (decision !== undefined) found.push({ prefix, order: rank(remediations, source.remediation), decision })
    }
  }
  return found.sort((a, b) => b.prefix - a.prefix || a.order - b.order).map((one) => one.decision)
}

/**
 * What decides about exactly this network; `undefined` when no entry is in force or it is allowed.
 */
export function lookUpExact(
  contents: Contents,
  { words, family, prefix }: IpNetwork,
  now: number,
  remediations: Remediations,
): ActiveDecision | undefined {
  let best: Source | undefined
  let bestIndex = -1
  for (const source of contents.sources) {
    const table = tableOf(source, family)
    const index = table.find(words, prefix)
    if (index === -1 || expiryOf(source, table, index) <= now) continue
    if (best !== undefined && rank(remediations, source.remediation) >= rank(remediations, best.remediation)) continue
    best = source
    bestIndex = index
  }
  return best === undefined ? undefined : decisionUnlessAllowed(contents, best, family, bestIndex, now)
}

function decisionUnlessAllowed(
  { allowlists }: Contents,
  source: Source,
  family: Family,
  index: number,
  now: number,
): ActiveDecision | undefined {
  const table = tableOf(source, family)
  table.read(index, FOUND)
  if (allowlists.length > 0 && isAllowed(allowlists, FOUND, now)) return undefined
  return {
    value: FOUND.toString(),
    scope: FOUND.isAddress ? 'Ip' : 'Range',
    remediation: source.remediation,
    reason: reasonOf(source, table, index),
    origin: source.origin,
    expiresAt: expiryOf(source, table, index),
  }
}
