import { storageConformance } from '../src/conformance/index.js'
import { MemoryStorage } from '../src/index.js'

storageConformance({
  name: 'MemoryStorage',
  create() {
    let now = 1_700_000_000_000
    const first = new MemoryStorage({ now: () => now })
    return {
      create: () => new MemoryStorage({ shared: first }),
      async connect() {
        const storage = new MemoryStorage({ shared: first })
        await storage.open()
        return storage
      },
      advance(ms) {
        now += ms
      },
      destroy() {},
    }
  },
})
