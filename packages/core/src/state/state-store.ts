import { InputError, printable } from '@cscapi/signals'

/** A state as the store has it. */
export interface StateValue {
  /** The text or bytes that were stored. */
  readonly value: Uint8Array
  /**
   * A positive integer that this key never had before, also not before it was deleted or ran out.
   * Says nothing about order.
   */
  readonly version: number
  /** Milliseconds until the value runs out, on the store's clock; `undefined` when it stays. */
  readonly expiresInMs: number | undefined
}

/** Under which conditions a state is written, and for how long. */
export interface SetStateOptions {
  /**
   * Write only if the key's version is this one; 0: only if it has no value. Absent: write in any
   * case.
   */
  readonly ifVersion?: number
  /**
   * The value runs out after so many milliseconds, on the store's clock: from then on the key has
   * no value. Absent: it stays.
   */
  readonly expiresInMs?: number
}

/**
 * Small named values that every process shares: locks, pauses, the environment, last pulls,
 * snapshots. Keys are 1 to 200 characters; values may be 16 MiB.
 */
export interface StateStore {
  /** Reads a state; `undefined` where there is none, or it has run out. */
  getState(key: string): Promise<StateValue | undefined>
  /**
   * Writes, or deletes with `undefined`, in one atomic step.
   * Returns the new version (0 after a deletion), or `undefined` when `ifVersion` did not hold and
   * nothing was changed.
   */
  setState(key: string, value: Uint8Array | undefined, options?: SetStateOptions): Promise<number | undefined>
}

/** @throws InputError where `state` is no store of small values: `what` was not done */
export function assertStateStore(what: string, state: StateStore): void {
  if (typeof state?.getState === 'function' && typeof state.setState === 'function') return
  const rule = 'must have the methods getState and setState, as every storage has'
  throw new InputError(what, [{ path: 'state', value: printable(state), rule }])
}
