import { AbortedError } from './errors.js'

/** Where time comes from; injected, so that tests never wait. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /**
   * Resolves after `ms` milliseconds; rejects at once with the signal's reason when `signal` fires.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/**
 * Sleeps, and turns an abort, with whatever the clock rejects by then, into our error: `what` was
 * aborted.
 *
 * @throws AbortedError
 */
export async function sleepUnlessAborted(
  clock: Clock,
  ms: number,
  signal: AbortSignal | undefined,
  what: string,
  machineId?: string,
): Promise<void> {
  if (signal?.aborted) throw new AbortedError(what, { machineId })
  try {
    await clock.sleep(ms, signal)
  } catch (error) {
    throw signal?.aborted ? new AbortedError(what, { machineId }) : error
  }
}
