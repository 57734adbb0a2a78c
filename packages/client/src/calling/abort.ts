import { AbortedError, isCscapiError } from '@cscapi/core'

/**
 * Brings what `work` brings, or rejects with what `reason` makes as soon as `signal` fires,
 * whatever becomes of the work.
 */
export function unless<T>(
  signal: AbortSignal | undefined,
  reason: () => unknown,
  work: () => T | PromiseLike<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(reason())
    const onAbort = () => reject(reason())
    signal?.addEventListener('abort', onAbort, { once: true })
    const settled = () => signal?.removeEventListener('abort', onAbort)
    new Promise<T>((answer) => answer(work())).finally(settled).then(resolve, reject)
  })
}

/**
 * Brings what `work` brings, or an AbortedError as soon as `signal` fires: for work that cannot be
 * told to end, and does no harm when it ends later.
 */
export function unlessAborted<T>(
  what: string,
  signal: AbortSignal | undefined,
  work: () => T | PromiseLike<T>,
  report?: unknown,
): Promise<T> {
  return unless(signal, () => new AbortedError(what, { report }), work)
}

/**
 * Brings what `work` brings, which heeds the signal itself. Whatever it rejects with because the
 * signal fired, the caller's own reason or a platform's error, becomes an AbortedError; an error of
 * ours says more, and stays.
 */
export async function asAborted<T>(what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw signal.aborted && !isCscapiError(error) ? new AbortedError(what) : error
  }
}

/**
 * Lets what changes many things one by one go on, unless `signal` has fired.
 *
 * @throws AbortedError whose `report.count` says how many were changed.
 */
export function assertGoing(what: string, signal: AbortSignal | undefined, count: number): void {
  if (signal?.aborted) throw new AbortedError(what, { report: { count } })
}
