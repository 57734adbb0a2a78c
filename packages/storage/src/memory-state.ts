import type { SetStateOptions, StateValue } from '@cscapi/core'

/** Named values with versions that run out. */
export class MemoryState {
  readonly #values = new Map<string, { value: Uint8Array; version: number; expiresAt: number | undefined }>()
  /** One counter for all keys, so that no version ever comes back. */
  #versions = 0

  get(key: string, now: number): StateValue | undefined {
    const stored = this.#values.get(key)
    if (stored === undefined) return undefined
    const { value, version, expiresAt } = stored
    if (expiresAt === undefined) return { value: value.slice(), version, expiresInMs: undefined }
    if (expiresAt > now) return { value: value.slice(), version, expiresInMs: expiresAt - now }
    this.#values.delete(key)
    return undefined
  }

  set(key: string, value: Uint8Array | undefined, options: SetStateOptions, now: number): number | undefined {
    const version = this.get(key, now)?.version ?? 0
    if (options.ifVersion !== undefined && options.ifVersion !== version) return undefined
    if (value === undefined) {
      this.#values.delete(key)
      return 0
    }
    this.#versions += 1
    const expiresAt = options.expiresInMs === undefined ? undefined : now + options.expiresInMs
    this.#values.set(key, { value: value.slice(), version: this.#versions, expiresAt })
    return this.#versions
  }
}
