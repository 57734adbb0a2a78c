import { MemoryStorage, type MemoryStorageOptions } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class AheadBelieved extends MemoryStorage {
  constructor({ now = Date.now, ...options }: MemoryStorageOptions) {
    let latest = Number.NEGATIVE_INFINITY
    super({
      ...options,
      now: () => {
        latest = Math.max(latest, now())
        return latest
      },
    })
  }
}

const bothSteps = (name: string) => [`${name} (a moment)`, `${name} (years)`]

export const aheadBelieved: BrokenAdapter = {
  fault: 'a moment that a clock which was put back has not reached yet is waited for',
  Adapter: AheadBelieved,
  fails: [
    ...bothSteps('a lease taken under a clock that was put back is over'),
    ...bothSteps('signals added, and put back, under a clock that was put back are due'),
    ...bothSteps('a machine found failing under a clock that was put back may be tried'),
    ...bothSteps('a value that was to run out under a clock that was put back is gone, and its lock free'),
    ...bothSteps('what was settled under a clock that was put back is kept for its time from now, and no longer'),
    ...bothSteps('attempts made under a clock that was put back count from now'),
    'a clock that jumps ahead and comes back keeps what was written before, to the millisecond',
    'whatever the clock did, once it is right nothing waits longer than its own duration, and nothing is lost',
  ],
}
