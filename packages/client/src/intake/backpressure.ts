import { type Clock, isCscapiError, stateKeys, withStateLock } from '@cscapi/core'
import type { EnqueueResult, QueuedSignal, Storage } from '@cscapi/storage'
import { QueueFullError } from '../errors.js'
import { Underway } from '../lifecycle/underway.js'
import { deleteOldest } from './drop-oldest.js'

/** What happens to a call that brings more signals than `maxPending` leaves room for. */
export type WhenFull = 'reject' | 'drop-oldest'

export interface BackpressureOptions {
  readonly maxPending: number
  readonly whenFull: WhenFull
  readonly clock: Clock
  readonly random: () => number
}

/** The store is counted anew after so many milliseconds … */
const COUNT_EVERY_MS = 1_000
/** … or once this client has added such a part of `maxPending`. */
const PART_BETWEEN_COUNTS = 1 / 16
/**
 * Room made beyond what is needed, as a part of `maxPending`, so that a full store is not emptied
 * signal by signal.
 */
const SPARE_PART = 1 / 100
const LOCK_MS = 30_000

/**
 * Keeps the signals that wait, pending and leased, at `maxPending`. Counting the store costs
 * O(machines), so between counts it goes by what this client added; but nothing is refused or
 * dropped on such an estimate. One process keeps the bound exactly. With several, each may miss
 * what the others added since its last count.
 */
export class Backpressure {
  readonly #options: BackpressureOptions
  readonly #storage: Storage
  #counted = 0
  #countedAt: number | undefined
  /** Added, or being added, since the last count. */
  #addedSince = 0
  /** Of these, being added at this moment. */
  #underway = 0
  readonly #stores = new Underway()
  #counting: Promise<void> | undefined
  #dropping: Promise<unknown> = Promise.resolve()

  constructor(options: BackpressureOptions, storage: Storage) {
    this.#options = options
    this.#storage = storage
  }

  /**
   * Stores the signals, all or none; with `drop-oldest`, older ones go afterwards.
   *
   * @throws QueueFullError with `reject`, before anything is stored.
   */
  async enqueue(signals: readonly QueuedSignal[]): Promise<EnqueueResult & { readonly dropped: number }> {
    if (signals.length === 0) return { added: 0, duplicates: 0, dropped: 0 }
    const { whenFull } = this.#options
    if (whenFull === 'reject') await this.#reserve(signals.length)
    else this.#begin(signals.length)
    const result = await this.#store(signals)
    return { ...result, dropped: whenFull === 'reject' ? 0 : await this.#dropExcess() }
  }

  async #reserve(count: number): Promise<void> {
    const { maxPending } = this.#options
    if (this.#isCountDue() || this.#estimate + count > maxPending) await this.#count()
    if (this.#estimate + count > maxPending) throw new QueueFullError(this.#estimate, count, maxPending)
    this.#begin(count)
  }

  #begin(count: number): void {
    this.#addedSince += count
    this.#underway += count
  }

  async #store(signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
    try {
      const result = await this.#stores.add(this.#storage.enqueue(signals))
      this.#addedSince = Math.max(this.#addedSince - result.duplicates, 0)
      return result
    } catch (error) {
      this.#countedAt = undefined
      throw error
    } finally {
      this.#underway -= signals.length
    }
  }

  get #estimate(): number {
    return this.#counted + this.#addedSince
  }

  #isCountDue(): boolean {
    const { maxPending } = this.#options
    if (this.#countedAt === undefined || this.#addedSince > maxPending * PART_BETWEEN_COUNTS) return true
    return Math.abs(this.#options.clock.now() - this.#countedAt) >= COUNT_EVERY_MS
  }

  /** Waits for what is being stored, so that no signal counts twice. */
  #count(): Promise<void> {
    this.#counting ??= this.#countNow().finally(() => {
      this.#counting = undefined
    })
    return this.#counting
  }

  async #countNow(): Promise<void> {
    await this.#stores.ended()
    const { pending, leased } = await this.#storage.stats()
    this.#counted = pending + leased
    this.#countedAt = this.#options.clock.now()
    this.#addedSince = this.#underway
  }

  /**
   * One call after the other, and one process after the other: two that see the same excess must
   * not both drop it.
   */
  #dropExcess(): Promise<number> {
    const dropped = this.#dropping.then(async () => {
      if (this.#isCountDue()) await this.#count()
      if (this.#estimate <= this.#options.maxPending) return 0
      const { clock, random } = this.#options
      const lock = { clock, random, holdMs: LOCK_MS }
      try {
        return await withStateLock(this.#storage, stateKeys.dropOldestLock, lock, () => this.#dropCounted())
      } catch (error) {
        if (isCscapiError(error) && error.code === 'lock_busy') return 0
        throw error
      }
    })
    this.#dropping = dropped.catch(() => undefined)
    return dropped
  }

  async #dropCounted(): Promise<number> {
    await this.#count()
    const { maxPending } = this.#options
    if (this.#counted <= maxPending) return 0
    const excess = this.#counted - maxPending + Math.floor(maxPending * SPARE_PART)
    const dropped = await deleteOldest(this.#storage, excess, this.#counted)
    this.#counted -= dropped
    return dropped
  }
}
