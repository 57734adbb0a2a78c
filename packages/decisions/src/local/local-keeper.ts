import type { LocalDecision } from './local-decision.js'

/** The local decisions, those that ended lately included. */
export interface KeptLocalDecisions {
  /** The id that the next one gets. */
  readonly nextId: number
  /** In the order in which they came. */
  readonly decisions: readonly LocalDecision[]
}

/** Keeps local decisions for the next start and for other processes. */
export interface LocalDecisionKeeper {
  /** Gives what is kept: the same array as long as it does not change. */
  read(): Promise<KeptLocalDecisions>
  /**
   * Replaces what is kept by what `change` makes of it, in one step for all processes; `change` is
   * called again when another one was faster.
   */
  update(change: (kept: KeptLocalDecisions) => KeptLocalDecisions): Promise<KeptLocalDecisions>
}

/** @returns one that forgets with the process */
export function memoryKeeper(): LocalDecisionKeeper {
  let kept: KeptLocalDecisions = { nextId: 1, decisions: [] }
  return {
    read: async () => kept,
    update: async (change) => {
      kept = change(kept)
      return kept
    },
  }
}
