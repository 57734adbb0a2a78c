import { type Clock, stateKeys, turn } from '@cscapi/core'
import type { Storage } from '@cscapi/storage'
import type { Candidate, FilteredSignal } from './check-signals.js'
import { dedupKey } from './dedup-key.js'
import type { DedupOptions } from './dedup-options.js'
import { DedupWindow } from './dedup-window.js'

export interface Parted {
  readonly fresh: readonly Candidate[]
  readonly repeated: readonly FilteredSignal[]
  /** Those of `fresh`. */
  readonly keys: readonly string[]
}

/** At most a twenty-first of the time goes into sharing, so that a fast intake stays fast. */
const REST_PER_SYNC = 20
const TRIES = 3
/** What is hashed in a few milliseconds. */
const PER_TURN = 500

/**
 * Remembers what was added lately: in memory, shared through the store as one value. The store is
 * read and written around a call that adds, but no more often than {@link REST_PER_SYNC} allows,
 * and at `close`. What is not shared yet when a process dies, or when two add at the same moment,
 * may be reported once more; nothing is ever held back because of a signal that was not stored.
 */
export class Dedup {
  readonly #by: DedupOptions['by']
  readonly #windowMs: number
  readonly #detail: string
  readonly #storage: Storage
  readonly #clock: Clock
  readonly #window: DedupWindow
  readonly #stateKey: string
  /** Confirmed signals so far, and how many of them the store knows of. */
  #confirmed = 0
  #shared = 0
  #sharedVersion = 0
  #syncedAt: number | undefined
  #restMs = 0
  #syncing: Promise<void> | undefined

  constructor({ by, windowMs }: DedupOptions, storage: Storage, clock: Clock) {
    this.#by = [...new Set(by)].sort()
    this.#windowMs = windowMs
    this.#detail = `the same ${this.#by.join(' and ')} was added within ${windowMs} ms`
    this.#storage = storage
    this.#clock = clock
    this.#window = new DedupWindow(windowMs)
    this.#stateKey = stateKeys.dedup(this.#by, windowMs)
  }

  /** For each candidate a key: those that are alike have the same one. */
  async kindsOf(candidates: readonly Candidate[]): Promise<string[]> {
    const kinds: string[] = []
    for (const { signal } of candidates) {
      if (kinds.length > 0 && kinds.length % PER_TURN === 0) await turn()
      kinds.push(dedupKey(signal, this.#by))
    }
    return kinds
  }

  /**
   * Tells repeats, of what was added lately or of one another, from what is new, by their {@link
   * kindsOf}. With `dedup` false, nothing is a repeat.
   */
  part(candidates: readonly Candidate[], kinds: readonly string[], dedup = true): Parted {
    const now = this.#clock.now()
    const keys = new Set<string>()
    const fresh: Candidate[] = []
    const repeated: FilteredSignal[] = []
    for (const [position, candidate] of candidates.entries()) {
      const { index, signal } = candidate
      const key = kinds[position] ?? ''
      if (dedup && (keys.has(key) || this.#window.has(key, now))) {
        repeated.push({ index, signal, reason: 'repeated', detail: this.#detail })
      } else {
        keys.add(key)
        fresh.push(candidate)
      }
    }
    return { fresh, repeated, keys: [...keys] }
  }

  /**
   * Counts the keys as added while their signals are being stored; {@link confirm} or {@link
   * release} must follow.
   */
  claim(keys: readonly string[]): void {
    this.#window.claim(keys)
  }

  release(keys: readonly string[]): void {
    this.#window.release(keys)
  }

  confirm(keys: readonly string[]): void {
    this.#window.confirm(keys, this.#clock.now())
    this.#confirmed += keys.length
  }

  /**
   * Learns what other processes added and tells them what this one did, unless that was done a
   * moment ago.
   */
  async syncIfDue(): Promise<void> {
    const restedMs = this.#syncedAt === undefined ? Number.POSITIVE_INFINITY : this.#clock.now() - this.#syncedAt
    if (restedMs >= this.#restMs || restedMs < 0) await this.sync()
  }

  /** Whether something was added that the store does not know of. */
  get isUnshared(): boolean {
    return this.#shared < this.#confirmed
  }

  sync(): Promise<void> {
    this.#syncing ??= this.#sync().finally(() => {
      this.#syncing = undefined
    })
    return this.#syncing
  }

  async #sync(): Promise<void> {
    const startedAt = this.#clock.now()
    for (let tries = 0; tries < TRIES; tries += 1) {
      const version = await this.#learn()
      if (!this.isUnshared || (await this.#tell(version))) break
    }
    this.#syncedAt = this.#clock.now()
    this.#restMs = REST_PER_SYNC * Math.max(this.#syncedAt - startedAt, 0)
  }

  async #learn(): Promise<number> {
    const stored = await this.#storage.getState(this.#stateKey)
    if (stored === undefined) return 0
    const { value, version, expiresInMs } = stored
    const ageMs = Math.max(this.#windowMs - (expiresInMs ?? 0), 0)
    if (version !== this.#sharedVersion) await this.#window.merge(value, ageMs, this.#clock.now())
    return version
  }

  /** False when another process told the store something in between. */
  async #tell(ifVersion: number): Promise<boolean> {
    const telling = this.#confirmed
    const bytes = await this.#window.toBytes(this.#clock.now())
    const version = await this.#storage.setState(this.#stateKey, bytes, { ifVersion, expiresInMs: this.#windowMs })
    if (version === undefined) return false
    this.#shared = telling
    this.#sharedVersion = version
    return true
  }
}
