import type { MemoryStorage, MemoryStorageOptions } from '../../src/index.js'

/** An adapter that is right but for one thing, and the cases that must find out. */
export interface BrokenAdapter {
  readonly fault: string
  readonly Adapter: new (options: MemoryStorageOptions) => MemoryStorage
  /** Exactly these cases fail. */
  readonly fails: readonly string[]
}
