import type { Storage } from '../port.js'

/** The clock of one store, which tests move. An adapter's test takes one of the two. */
export interface StoreClock {
  /** Epoch milliseconds, for an adapter that has the clock itself. Only tests move it. */
  readonly now: () => number
  /** Milliseconds that are added to the server's time, for an adapter that goes by that. */
  readonly offsetMs: () => number
}

/** One empty store, as an adapter's test makes it. */
export interface EmptyStore {
  /** A further connection to it, not opened yet. */
  connection(): Storage
  /** Set where the store goes by {@link StoreClock.now}. Default false: time passes in a case. */
  readonly standsStill?: boolean
  /** Removes the store. Default: it is left behind. */
  destroy?(): Promise<void> | void
}

/** Makes an empty store that has nothing in common with any other, and goes by the clock. */
export type MakeEmptyStore = (clock: StoreClock) => Promise<EmptyStore> | EmptyStore

/** What a case works with. */
export interface CaseContext {
  /** Opens a further connection; {@link StoreUnderTest.destroy} closes it. */
  connect(): Promise<Storage>
  /** A further connection, not opened yet; whoever asks for it closes it. */
  create(): Storage
  /** Moves the store's clock on; by less than 0, it is put back. */
  advance(ms: number): Promise<void>
  /** Whether {@link CaseContext.advance} alone moves the clock. */
  readonly standsStill: boolean
}

/** An empty store whose clock the test moves, for conformance cases and for tests of your own. */
export interface StoreUnderTest extends CaseContext {
  /** Closes what `connect` opened, and removes the store. */
  destroy(): Promise<void>
}

/** One promise of the port, and how to see that it is kept. */
export interface ConformanceCase {
  /** The promise, as a sentence. */
  readonly name: string
  run(context: CaseContext): Promise<void>
}

const BEGIN_MS = 1_700_000_000_000

export async function storeUnderTest(makeEmptyStore: MakeEmptyStore): Promise<StoreUnderTest> {
  let offsetMs = 0
  const store = await makeEmptyStore({ now: () => BEGIN_MS + offsetMs, offsetMs: () => offsetMs })
  const connections: Storage[] = []
  return {
    standsStill: store.standsStill ?? false,
    create: () => store.connection(),
    async connect() {
      const storage = store.connection()
      await storage.open()
      connections.push(storage)
      return storage
    },
    async advance(ms) {
      offsetMs += ms
    },
    async destroy() {
      await Promise.allSettled(connections.map((storage) => storage.close()))
      await store.destroy?.()
    },
  }
}
