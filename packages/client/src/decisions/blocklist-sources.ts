import type { DecisionSet, DecisionSource } from '@cscapi/decisions'
import type { SnapshotPointer } from './stored-snapshot.js'

/** One part of the blocklist. */
export interface BlocklistSource extends DecisionSource {
  /** When its entries came, in epoch milliseconds; `undefined` when nobody wrote it down. */
  readonly updatedAt: number | undefined
}

/** What the blocklist is made of. */
export interface BlocklistSources {
  /**
   * When the last pull of any process ended, in epoch milliseconds; `undefined` before the first.
   */
  readonly pulledAt: number | undefined
  /** Milliseconds until a pull makes sense again; 0 when one may be made now. */
  readonly nextPullInMs: number
  /** The stream first. */
  readonly sources: readonly BlocklistSource[]
}

/** A list that was unchanged keeps the moment at which its entries came. */
export function describeSources(
  set: DecisionSet,
  pointer: SnapshotPointer | undefined,
  nextPullInMs = 0,
): BlocklistSources {
  const replaced = [...(pointer?.lists ?? [])].map(([key, { name, replacedAt }]) => ({
    kind: key.slice(0, key.indexOf(':')),
    name,
    replacedAt,
  }))
  const pulledAt = pointer?.pulledAt
  const updatedAt = ({ kind, name }: DecisionSource) =>
    kind === 'stream' ? pulledAt : replaced.find((list) => list.kind === kind && list.name === name)?.replacedAt
  return {
    pulledAt,
    nextPullInMs: Math.max(nextPullInMs, 0),
    sources: set.sources().map((source) => ({ ...source, updatedAt: updatedAt(source) })),
  }
}
