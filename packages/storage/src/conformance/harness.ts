import type { Storage } from '../port.js'

/** One empty store, for one case. */
export interface ConformanceHarness {
  /** Opens a further connection to it; the suite closes it. */
  connect(): Promise<Storage>
  /** A connection that was not opened yet. */
  create(): Storage
  /** Moves the store's clock on; by less than 0, it is put back. */
  advance(ms: number): Promise<void> | void
  /** Set where `advance` alone moves the clock. Default false: time passes while a case runs. */
  readonly standsStill?: boolean
  /** Removes the store. */
  destroy(): Promise<void> | void
}

/** What a case works with: {@link ConformanceHarness} whose connections are closed at the end. */
export interface CaseContext {
  connect(): Promise<Storage>
  create(): Storage
  advance(ms: number): Promise<void>
  readonly standsStill: boolean
}

/** One promise of the port, and how to see that it is kept. */
export interface ConformanceCase {
  /** The promise, as a sentence. */
  readonly name: string
  run(context: CaseContext): Promise<void>
}
