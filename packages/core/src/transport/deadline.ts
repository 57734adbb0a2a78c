/** The time that one call has, its answer read to the end. */
export interface Deadline {
  /** Fires when the time is over, or when the caller gives up. */
  readonly signal: AbortSignal
  /** Rejects then, with the reason: whoever waits waits for this as well. */
  readonly passed: Promise<never>
  end(): void
}

/**
 * Starts a deadline. It takes neither `AbortSignal.timeout` with `AbortSignal.any`, nor the
 * rejection of `fetch` alone: Node 20 holds on to a signal that follows another only weakly, and
 * what was collected never fires.
 */
export function startDeadline(timeoutMs: number, caller: AbortSignal | undefined): Deadline {
  const controller = new AbortController()
  let reject: (reason: unknown) => void = () => {}
  const passed = new Promise<never>((_, rejectIt) => {
    reject = rejectIt
  })
  const stop = (reason: unknown) => {
    controller.abort(reason)
    reject(reason)
  }
  const abort = () => stop(caller?.reason)
  const timer = setTimeout(() => stop(new DOMException('no answer in time', 'TimeoutError')), timeoutMs)
  if (caller?.aborted) abort()
  caller?.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    passed,
    end() {
      clearTimeout(timer)
      caller?.removeEventListener('abort', abort)
    },
  }
}
