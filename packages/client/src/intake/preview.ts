import type { FilteredSignal } from './check-signals.js'

/** What would leave, and what would not. */
export interface Preview {
  /** What would leave, in the order given. */
  readonly signals: readonly PreviewedSignal[]
  /** In the order given. */
  readonly filtered: readonly FilteredSignal[]
}

/** One signal as it would leave. */
export interface PreviewedSignal {
  /** Its position among those given. */
  readonly index: number
  /** Whose signal it is: one POST carries one machine's. */
  readonly machineId: string
  /** The exact JSON on the wire; a POST is a list of these. */
  readonly json: string
}
