import type { PositionStore } from '../../src/follow/state-store.js'

/** A store of small values that outlives followers, as a database does. */
export class MemoryStore implements PositionStore {
  readonly values = new Map<string, { value: Uint8Array; version: number }>()
  #version = 0

  async getState(key: string) {
    return this.values.get(key)
  }

  async setState(key: string, value: Uint8Array, { ifVersion }: { ifVersion: number }) {
    if ((this.values.get(key)?.version ?? 0) !== ifVersion) return undefined
    this.#version += 1
    this.values.set(key, { value, version: this.#version })
    return this.#version
  }
}
