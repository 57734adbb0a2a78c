/**
 * Where a position is kept: any storage of cscapi, or anything of this shape. Both calls are
 * atomic.
 */
export interface PositionStore {
  /** `version` is a positive number that no earlier value of the key had. */
  getState(key: string): Promise<{ readonly value: Uint8Array; readonly version: number } | undefined>
  /**
   * Writes if the key still has the version `ifVersion` (0: no value); the new version, or
   * `undefined` if it has another.
   */
  setState(key: string, value: Uint8Array, options: { readonly ifVersion: number }): Promise<number | undefined>
}

/** Where time comes from. */
export interface FollowClock {
  /** Epoch milliseconds. */
  now(): number
  /** Resolves after `ms` milliseconds, or rejects when `signal` fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
