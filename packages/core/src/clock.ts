/** Where time comes from; injected, so that tests never wait. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Resolves after `ms` milliseconds; rejects at once with the signal's reason when `signal` fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
