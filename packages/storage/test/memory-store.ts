import type { MakeEmptyStore } from '../src/conformance/index.js'
import { MemoryStorage, type MemoryStorageOptions } from '../src/index.js'

/** An empty store in memory, seen through the adapter. */
export function memoryStore(
  Adapter: new (options: MemoryStorageOptions) => MemoryStorage = MemoryStorage,
): MakeEmptyStore {
  return ({ now }) => {
    const first = new Adapter({ now })
    return { standsStill: true, connection: () => new Adapter({ shared: first }) }
  }
}
