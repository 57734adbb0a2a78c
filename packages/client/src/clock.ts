import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@cscapi/core'

/** The host's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
}

/** The host's clock, whose timers keep no process alive. */
export const backgroundClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { ref: false, ...(signal !== undefined && { signal }) }),
}
