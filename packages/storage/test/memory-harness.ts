import type { ConformanceHarness } from '../src/conformance/index.js'
import { MemoryStorage, type MemoryStorageOptions } from '../src/index.js'

/** An empty store in memory, seen through the adapter, whose clock the test moves. */
export function emptyStore(
  Adapter: new (options: MemoryStorageOptions) => MemoryStorage = MemoryStorage,
): ConformanceHarness {
  let now = 1_700_000_000_000
  const first = new Adapter({ now: () => now })
  const create = () => new Adapter({ shared: first })
  return {
    standsStill: true,
    create,
    async connect() {
      const storage = create()
      await storage.open()
      return storage
    },
    advance(ms) {
      now += ms
    },
    destroy() {},
  }
}
