import type { StateStore } from '@cscapi/client'
import { InputError, lazily, printable } from '@cscapi/signals'
import * as z from 'zod'
import { stateKeys } from '../state-keys.js'
import { StoredJson } from '../stored-json.js'
import { findByKey, hashOf, newKey } from './key-hash.js'

/** A bouncer that may read the decisions. */
export interface BouncerInfo {
  readonly name: string
  /** Epoch milliseconds. */
  readonly createdAt: number
}

/** Knows bouncers by their keys. */
export interface KeyRing {
  /** The bouncer whose key it is. */
  find(key: string): Promise<BouncerInfo | undefined>
}

const schema = lazily(() =>
  z.array(z.object({ name: z.string(), hash: z.string().regex(/^[0-9a-f]{128}$/), createdAt: z.number() })),
)
type StoredBouncer = z.infer<ReturnType<typeof schema>>[number]

const NAME = /^[\w.@:-]{1,128}$/
/** Shorter ones can be guessed. */
const SHORTEST_KEY = 16
/** How long a key that was revoked by another process may go on. */
const FRESH_MS = 1_000

/** The bouncers of a store: their keys are kept as hashes, and shown once. */
export class BouncerKeys implements KeyRing {
  readonly #stored: StoredJson<StoredBouncer[]>
  readonly #now: () => number
  #known: readonly StoredBouncer[] = []
  #readAt = Number.NEGATIVE_INFINITY

  /** `storage` must be open. */
  constructor(storage: StateStore, options: { readonly now?: () => number } = {}) {
    this.#stored = new StoredJson(storage, stateKeys.bouncers, schema(), [])
    this.#now = options.now ?? Date.now
  }

  /**
   * Makes a bouncer and gives its key, which nobody can read again.
   * @throws InputError for a name that is taken, or none; for a key of less than 16 characters
   */
  async add(name: string, options: { readonly key?: string } = {}): Promise<string> {
    const refuse = (path: string, value: unknown, rule: string) =>
      new InputError('No bouncer was made', [{ path, value: printable(value), rule }])
    if (typeof name !== 'string' || !NAME.test(name))
      throw refuse('name', name, 'must be 1 to 128 letters, digits or "_.@:-"')
    const { key = newKey() } = options
    if (typeof key !== 'string' || key.length < SHORTEST_KEY || key.length > 1_024 || !/^[\x21-\x7e]+$/.test(key))
      throw refuse('key', '(hidden)', `must be ${SHORTEST_KEY} to 1024 visible characters without a space`)
    const one = { name, hash: hashOf(key), createdAt: this.#now() }
    this.#take(
      await this.#stored.update((all) => {
        if (all.some((other) => other.name === name)) throw refuse('name', name, 'must not be taken')
        if (all.some((other) => other.hash === one.hash)) throw refuse('key', '(hidden)', 'must not be taken')
        return [...all, one]
      }),
    )
    return key
  }

  /** Revokes a bouncer's key. False when there is none of that name. */
  async remove(name: string): Promise<boolean> {
    let isKnown = false
    this.#take(
      await this.#stored.update((all) => {
        isKnown = all.some((one) => one.name === name)
        return all.filter((one) => one.name !== name)
      }),
    )
    return isKnown
  }

  /** All of them, in the order in which they were made. */
  async list(): Promise<BouncerInfo[]> {
    return (await this.#stored.read()).map(({ name, createdAt }) => ({ name, createdAt }))
  }

  /** A key that another process has revoked may be found for a second more. */
  async find(key: string): Promise<BouncerInfo | undefined> {
    const age = this.#now() - this.#readAt
    if (age < 0 || age >= FRESH_MS) this.#take(await this.#stored.read())
    const found = findByKey(this.#known, key)
    return found && { name: found.name, createdAt: found.createdAt }
  }

  #take(all: readonly StoredBouncer[]): void {
    this.#known = all
    this.#readAt = this.#now()
  }
}
