import type { SetStateOptions } from '@cscapi/core'
import { MemoryStorage } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

/** What happens when the version is read, then compared, then the value written. */
class LockForEverybody extends MemoryStorage {
  override async setState(
    key: string,
    value: Uint8Array | undefined,
    { ifVersion, ...options }: SetStateOptions = {},
  ): Promise<number | undefined> {
    const version = (await super.getState(key))?.version ?? 0
    if (ifVersion !== undefined && ifVersion !== version) return undefined
    return super.setState(key, value, options)
  }
}

export const lockForEverybody: BrokenAdapter = {
  fault: 'several that set a key at once, if absent, all believe that they did',
  Adapter: LockForEverybody,
  fails: ['of many that set a key at once, if absent, exactly one does'],
}
