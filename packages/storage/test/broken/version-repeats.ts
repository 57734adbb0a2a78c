import type { SetStateOptions, StateValue } from '@cscapi/core'
import { MemoryStorage, type MemoryStorageOptions } from '../../src/index.js'
import type { BrokenAdapter } from './broken-adapter.js'

/** Counts versions per key, and begins anew when the key is gone. */
class VersionRepeats extends MemoryStorage {
  readonly #shown: Map<number, number>

  constructor(options: MemoryStorageOptions) {
    super(options)
    this.#shown = options.shared instanceof VersionRepeats ? options.shared.#shown : new Map()
  }

  override async getState(key: string): Promise<StateValue | undefined> {
    const stored = await super.getState(key)
    return stored && { ...stored, version: this.#shown.get(stored.version) ?? 0 }
  }

  override async setState(
    key: string,
    value: Uint8Array | undefined,
    options: SetStateOptions = {},
  ): Promise<number | undefined> {
    const stored = await super.getState(key)
    const shown = stored === undefined ? 0 : (this.#shown.get(stored.version) ?? 0)
    if (options.ifVersion !== undefined && options.ifVersion !== shown) return undefined
    const version = await super.setState(key, value, { ...options, ifVersion: stored?.version ?? 0 })
    if (version === undefined || version === 0) return version
    this.#shown.set(version, shown + 1)
    return shown + 1
  }
}

export const versionRepeats: BrokenAdapter = {
  fault: 'a key’s versions begin anew after a deletion',
  Adapter: VersionRepeats,
  fails: [
    'a lock that ran out goes to the next, and its old holder changes nothing any more',
    'a version never comes back, neither after a deletion nor after the value ran out',
  ],
}
