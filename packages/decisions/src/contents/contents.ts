import type { Allowlist } from './allowlists.js'
import type { Remediations } from './remediations.js'
import { heldIn, type Source } from './source.js'

/** All that a lookup looks at; replaced as a whole. */
export interface Contents {
  readonly sources: readonly Source[]
  readonly allowlists: readonly Allowlist[]
}

/** What is in force at one moment. */
export interface View {
  readonly contents: Contents
  /** Epoch milliseconds. */
  readonly now: number
  readonly remediations: Remediations
}

/** Entries of all sources, those that have run out included. */
export function countHeld({ sources }: Pick<Contents, 'sources'>): number {
  return sources.reduce((sum, source) => sum + heldIn(source), 0)
}
