import type { RefusedRow } from './source.js'

/** What became of a machine, or would become of it. */
export type MachineOutcome =
  /** It is new in the store. */
  | 'added'
  /** An import that was cut off had made it; what was missing was added. */
  | 'completed'
  /** The store has it already, and it stays as it is there. */
  | 'unchanged'
  /** The store has it with another password, which stays. */
  | 'conflict'

export interface ImportedMachine {
  readonly machineId: string
  readonly row: string
  readonly outcome: MachineOutcome
  /** When the token ends that is taken over, RFC 3339; `undefined` where none is. */
  readonly tokenUntil: string | undefined
  /** Whether it is taken over as one that the other client gave up. */
  readonly failing: boolean
  /** What it reported. They are sent at its logins only if the configuration has them. */
  readonly scenarios: readonly string[]
}

/** What an import did, or would do. It holds no secret. */
export interface ImportReport {
  readonly source: string
  /** False for a dry run: nothing was written. */
  readonly applied: boolean
  readonly machines: readonly ImportedMachine[]
  readonly signals: {
    readonly added: number
    /** Taken over by an import before, whether they were sent since or not. */
    readonly before: number
    /** The store had their uuid from elsewhere. Not known in a dry run. */
    readonly duplicates: number
    /** Left out by the configuration: private, or in `neverReport`. */
    readonly filtered: number
    /** Sent by the other client already, and left where they are. */
    readonly sent: number
  }
  /** Rows that are left out, with the reason. */
  readonly refused: readonly RefusedRow[]
  /** What to know or to do before anything is sent. */
  readonly notes: readonly string[]
}

/** Whether importing would change the store. */
export function changes({ machines, signals }: ImportReport): boolean {
  return signals.added > 0 || machines.some(({ outcome }) => outcome === 'added' || outcome === 'completed')
}
