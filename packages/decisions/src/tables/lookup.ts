import type { ActiveDecision } from '../active-decision.js'
import { type Family, formatNetwork, mask, type Words } from '../parse-ip.js'
import { type Remediations, rank } from '../remediations.js'
import { type Allowlist, isAllowed } from '../sources/allowlists.js'
import { expiryOf, reasonOf, type ScopedValue, type Source, scopedKey, tableOf } from '../sources/source.js'

/** All that a lookup looks at; replaced as a whole. */
export interface Contents {
  readonly sources: readonly Source[]
  readonly allowlists: readonly Allowlist[]
}

const NETWORK = new Uint32Array(4)
const DECIDING = new Uint32Array(4)

/**
 * The deciding entry around an address, or around a range of that prefix: the longest prefix, then
 * the strictest remediation. A miss allocates nothing.
 */
export function lookUp(
  contents: Contents,
  words: Words,
  family: Family,
  now: number,
  remediations: Remediations,
  within = 128,
): ActiveDecision | undefined {
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
  if (best === undefined) return undefined
  if (contents.allowlists.length > 0) {
    network(words, family, bestPrefix)
    // Every wider entry around this one holds the allowed part too.
    if (isAllowed(contents.allowlists, NETWORK, family, bestPrefix, now)) return undefined
  }
  return decision(best, family, bestIndex)
}

/** All entries around an address, the deciding one first. */
export function lookUpAll(
  contents: Contents,
  words: Words,
  family: Family,
  now: number,
  remediations: Remediations,
): ActiveDecision[] {
  const found: { prefix: number; order: number; decision: ActiveDecision }[] = []
  for (const source of contents.sources) {
    const table = tableOf(source, family)
    for (const prefix of table.lengths) {
      const index = table.find(words, prefix)
      if (index === -1 || expiryOf(source, table, index) <= now) continue
      network(words, family, prefix)
      if (isAllowed(contents.allowlists, NETWORK, family, prefix, now)) continue
      found.push({ prefix, order: rank(remediations, source.remediation), decision: decision(source, family, index) })
    }
  }
  return found.sort((a, b) => b.prefix - a.prefix || a.order - b.order).map((one) => one.decision)
}

/**
 * What decides about exactly this network; `undefined` when no entry is in force or it is allowed.
 */
export function lookUpExact(
  contents: Contents,
  words: Words,
  family: Family,
  prefix: number,
  now: number,
  remediations: Remediations,
): ActiveDecision | undefined {
  let best: { source: Source; index: number } | undefined
  for (const source of contents.sources) {
    const table = tableOf(source, family)
    const index = table.find(words, prefix)
    if (index === -1 || expiryOf(source, table, index) <= now) continue
    if (best === undefined || rank(remediations, source.remediation) < rank(remediations, best.source.remediation))
      best = { source, index }
  }
  if (best === undefined || isAllowed(contents.allowlists, words, family, prefix, now)) return undefined
  return decision(best.source, family, best.index)
}

/** What decides about a value of another scope. */
export function lookUpScoped(
  contents: Contents,
  scope: string,
  value: string,
  now: number,
  remediations: Remediations,
): ActiveDecision | undefined {
  const key = scopedKey(scope, value)
  const found = scopedSource(contents, key, now, remediations)
  const entry = found?.scoped.get(key)
  return found && entry && scopedDecision(found, entry)
}

/** The source that decides about a value of another scope. */
export function scopedSource(
  { sources }: Contents,
  key: string,
  now: number,
  remediations: Remediations,
): Source | undefined {
  let best: Source | undefined
  for (const source of sources) {
    const entry = source.scoped.get(key)
    if (entry === undefined || entry.expiresAt <= now) continue
    if (best === undefined || rank(remediations, source.remediation) < rank(remediations, best.remediation))
      best = source
  }
  return best
}

export function scopedDecision({ remediation, origin }: Source, entry: ScopedValue): ActiveDecision {
  const { value, scope, reason, expiresAt } = entry
  return { value, scope, remediation, reason, origin, expiresAt }
}

function network(words: Words, family: Family, prefix: number): void {
  NETWORK.set(words)
  mask(NETWORK, family, prefix)
}

function decision(source: Source, family: Family, index: number): ActiveDecision {
  const table = tableOf(source, family)
  table.read(index, DECIDING)
  const prefix = table.prefixAt(index)
  return {
    value: formatNetwork(DECIDING, family, prefix),
    scope: prefix === (family === 4 ? 32 : 128) ? 'Ip' : 'Range',
    remediation: source.remediation,
    reason: reasonOf(source, table, index),
    origin: source.origin,
    expiresAt: expiryOf(source, table, index),
  }
}
