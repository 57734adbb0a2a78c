import type { Change } from '../changes/change.js'
import { type Contents, countHeld } from '../contents/contents.js'
import { listOrigin, STREAM_ORIGIN } from '../contents/source.js'

/** The lists that {@link DecisionSet.retainLists} keeps: blocklists by name, allowlists by id. */
export interface RetainedLists {
  readonly blocklists: readonly string[]
  readonly allowlists: readonly string[]
}

/** Deletes every list that is not named; the stream stays. */
export function retainLists(contents: Contents, { blocklists, allowlists }: RetainedLists): Change {
  const kept = new Set([STREAM_ORIGIN, ...blocklists.map(listOrigin)])
  const keptIds = new Set(allowlists)
  const sources = contents.sources.filter(({ origin, isLocal }) => isLocal || kept.has(origin))
  const allowed = contents.allowlists.filter(({ id }) => keptIds.has(id))
  return {
    contents: { sources, allowlists: allowed },
    added: 0,
    removed: countHeld(contents) - countHeld({ sources }),
  }
}
