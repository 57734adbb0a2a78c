import type { StateStore } from '@cscapi/client'
import { CscapiError, parseJson } from '@cscapi/signals'
import type * as z from 'zod'

const TRIES = 100

/** One JSON value in the store, which several processes may change. */
export class StoredJson<T> {
  readonly #state: StateStore
  readonly #key: string
  readonly #schema: z.ZodType<T>
  readonly #none: T

  /** `none` is the value of a store that has none, or one that cannot be read. */
  constructor(state: StateStore, key: string, schema: z.ZodType<T>, none: T) {
    this.#state = state
    this.#key = key
    this.#schema = schema
    this.#none = none
  }

  async read(): Promise<T> {
    return (await this.#read()).value
  }

  async write(value: T): Promise<void> {
    await this.#state.setState(this.#key, encode(value))
  }

  /**
   * `change` is called again when another process was faster.
   * @throws CscapiError `lock_busy`
   */
  async update(change: (value: T) => T): Promise<T> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const { value, version } = await this.#read()
      const after = change(value)
      const written = await this.#state.setState(this.#key, encode(after), { ifVersion: version })
      if (written !== undefined) return after
    }
    const message = `Other processes change ${this.#key} all the time; nothing was changed here`
    throw new CscapiError('lock_busy', message, { retryable: true })
  }

  async #read(): Promise<{ value: T; version: number }> {
    const stored = await this.#state.getState(this.#key)
    if (stored === undefined) return { value: this.#none, version: 0 }
    const parsed = this.#schema.safeParse(parseJson(new TextDecoder().decode(stored.value)))
    return { value: parsed.success ? parsed.data : this.#none, version: stored.version }
  }
}

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

/** @returns a store that forgets with the process */
export function memoryState(): StateStore {
  const values = new Map<string, { value: Uint8Array; version: number }>()
  let version = 0
  return {
    getState: async (key) => {
      const found = values.get(key)
      return found && { ...found, expiresInMs: undefined }
    },
    setState: async (key, value, { ifVersion } = {}) => {
      if (ifVersion !== undefined && ifVersion !== (values.get(key)?.version ?? 0)) return undefined
      version += 1
      if (value === undefined) values.delete(key)
      else values.set(key, { value, version })
      return value === undefined ? 0 : version
    },
  }
}
