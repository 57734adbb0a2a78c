import { type ConformanceCase, type MakeEmptyStore, storeUnderTest } from './harness.js'

/** Runs one case on an empty store, and cleans up whatever happens. */
export async function runCase(conformanceCase: ConformanceCase, makeEmptyStore: MakeEmptyStore): Promise<void> {
  const store = await storeUnderTest(makeEmptyStore)
  try {
    await conformanceCase.run(store)
  } finally {
    await store.destroy()
  }
}
