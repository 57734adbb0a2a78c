import type { Signal } from '@cscapi/signals'
import type { FilteredSignal } from './check-signals.js'
import type { Intake } from './intake.js'
import { untilStopped } from './until-stopped.js'

/** What would leave, and what would not. */
export interface Preview {
  readonly signals: readonly PreviewedSignal[]
  /** In the order given. */
  readonly filtered: readonly FilteredSignal[]
}

export interface PreviewedSignal {
  /** Its position among those given. */
  readonly index: number
  /** Whose signal it is: one POST carries one machine's. */
  readonly machineId: string
  /** The exact JSON on the wire; a POST is a list of these. */
  readonly json: string
}

/**
 * Runs everything that `addSignals` does before it stores, and stores nothing. Whether the store
 * knows a uuid is not looked up.
 */
export async function previewSignals(
  intake: Intake,
  signals: Iterable<Signal> | AsyncIterable<Signal>,
  signal: AbortSignal,
): Promise<Preview> {
  const all: Signal[] = []
  for await (const one of untilStopped(signals, signal)) all.push(one)
  return intake.preview(all)
}
