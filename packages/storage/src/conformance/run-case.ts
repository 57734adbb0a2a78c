import type { Storage } from '../port.js'
import type { ConformanceCase, ConformanceHarness } from './harness.js'

/** Runs one case on an empty store, and cleans up whatever happens. */
export async function runCase(conformanceCase: ConformanceCase, harness: ConformanceHarness): Promise<void> {
  const connections: Storage[] = []
  try {
    await conformanceCase.run({
      connect: async () => {
        const storage = await harness.connect()
        connections.push(storage)
        return storage
      },
      create: () => harness.create(),
      standsStill: harness.standsStill ?? false,
      advance: async (ms) => harness.advance(ms),
    })
  } finally {
    await Promise.allSettled(connections.map((storage) => storage.close()))
    await harness.destroy()
  }
}
