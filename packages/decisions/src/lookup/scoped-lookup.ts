import type { Contents } from '../contents/contents.js'
import { type Remediations, rank } from '../contents/remediations.js'
import { type ScopedValue, scopedKey } from '../contents/scoped-values.js'
import type { Source } from '../contents/source.js'
import type { ActiveDecision } from './active-decision.js'

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
