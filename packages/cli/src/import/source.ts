import type { CreatedSignal } from '@cscapi/signals'

/** What is taken over from: another client's database, folder or file. It is only ever read. */
export interface ImportSource {
  /** For people, e.g. `Python SDK database (SQLite)`. */
  readonly kind: string
  /** All of its machines; rows that say nothing usable come as refused. */
  machines(): Promise<readonly (SourceMachine | RefusedRow)[]>
  /** Its unsent signals, oldest first. */
  signals(): AsyncIterable<SourceSignal | RefusedRow>
  /** What the operator has to know before anything is sent, once all of it was read. */
  notes(): readonly string[]
  /** Signals that it sent already: they are left where they are. */
  readonly sentSignals: number
  close(): Promise<void>
}

export interface SourceMachine {
  /** Where it stands, for people, e.g. `machine_models row 3`. */
  readonly row: string
  readonly machineId: string
  /** A secret. */
  readonly password: string
  /** A secret; whether it is of any use is not known yet. */
  readonly token: string | undefined
  readonly scenarios: readonly string[]
  /** Says who marked it as failing; `undefined` where nobody did. */
  readonly failing: string | undefined
}

export interface SourceSignal {
  readonly row: string
  readonly signal: CreatedSignal
}

/** A row that is left out. */
export interface RefusedRow {
  readonly row: string
  readonly what: 'machine' | 'signal'
  /** Of a machine, where the row names one: it will not be registered anew under that id. */
  readonly machineId?: string | undefined
  readonly reason: string
}

export function isRefused(read: SourceMachine | SourceSignal | RefusedRow): read is RefusedRow {
  return 'reason' in read
}
