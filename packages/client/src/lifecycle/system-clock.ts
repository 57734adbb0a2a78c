import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@cscapi/core'

/** The host's clock. */
export const systemClock: Clock = hostClock(true)

/** The host's clock, whose timers keep no process alive. */
export const backgroundClock: Clock = hostClock(false)

function hostClock(ref: boolean): Clock {
  return {
    now: () => Date.now(),
    async sleep(ms, signal) {
      try {
        await sleep(ms, undefined, { ref, ...(signal !== undefined && { signal }) })
      } catch (error) {
        // Node wraps the reason in an error of its own.
        throw signal?.aborted ? signal.reason : error
      }
    },
  }
}
