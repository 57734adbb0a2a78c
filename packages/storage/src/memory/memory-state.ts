import type { SetStateOptions, StateValue } from '@cscapi/core'
import { type Deadline, deadlineIn, remainingMs } from '../instant.js'

/** Named values with versions that run out. */
export class MemoryState {
  readonly #values = new Map<string, { value: Uint8Array; version: number; expires: Deadline | undefined }>()
  /** One counter for all keys, so that no version ever comes back. */
  #versions = 0

  get(key: string, now: number): StateValue | undefined {
    const stored = this.#values.get(key)
    if (stored === undefined) return undefined
    const { value, version, expires } = stored
    const expiresInMs = expires && remainingMs(expires, now)
    if (expiresInMs === undefined || expiresInMs > 0) return { value: value.slice(), version, expiresInMs }
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
    const expires = options.expiresInMs === undefined ? undefined : deadlineIn(options.expiresInMs, now)
    this.#values.set(key, { value: value.slice(), version: this.#versions, expires })
    return this.#versions
  }
}
