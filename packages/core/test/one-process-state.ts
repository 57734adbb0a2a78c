import type { Clock, SetStateOptions, StateStore } from '../src/index.js'

/**
 * A store of one process on an injected clock; the adapters' own behaviour is the conformance
 * suite's.
 */
export class OneProcessState implements StateStore {
  readonly #values = new Map<string, { value: Uint8Array; version: number; expiresAt: number }>()
  readonly #clock: Clock
  #versions = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async getState(key: string) {
    return this.#current(key)
  }

  #current(key: string) {
    const stored = this.#values.get(key)
    if (stored === undefined || stored.expiresAt <= this.#clock.now()) return undefined
    return { value: stored.value, version: stored.version, expiresInMs: stored.expiresAt - this.#clock.now() }
  }

  async setState(key: string, value: Uint8Array | undefined, options: SetStateOptions = {}) {
    const current = this.#current(key)
    if (options.ifVersion !== undefined && options.ifVersion !== (current?.version ?? 0)) return undefined
    if (value === undefined) {
      this.#values.delete(key)
      return 0
    }
    this.#versions += 1
    const expiresAt =
      options.expiresInMs === undefined ? Number.POSITIVE_INFINITY : this.#clock.now() + options.expiresInMs
    this.#values.set(key, { value, version: this.#versions, expiresAt })
    return this.#versions
  }
}
