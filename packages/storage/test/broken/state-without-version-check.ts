import type { SetStateOptions } from '@cscapi/core'
import { MemoryStorage } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

class StateWithoutVersionCheck extends MemoryStorage {
  override setState(
    key: string,
    value: Uint8Array | undefined,
    { ifVersion, ...options }: SetStateOptions = {},
  ): Promise<number | undefined> {
    return super.setState(key, value, ifVersion === 0 ? { ...options, ifVersion } : options)
  }
}

export const stateWithoutVersionCheck: BrokenAdapter = {
  fault: 'a value is written whatever version it has',
  Adapter: StateWithoutVersionCheck,
  fails: [
    'a write under a version that does not hold changes nothing',
    'a lock that ran out goes to the next, and its old holder changes nothing any more',
  ],
}
