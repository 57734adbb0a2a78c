import { AbortedError } from '@cscapi/core'
import type { Signal } from '@cscapi/signals'
import type { EnqueueResult, QueuedSignal, Storage } from '@cscapi/storage'
import { unlessAborted } from '../calling/abort.js'
import { Underway } from '../lifecycle/underway.js'
import type { EventFeed } from '../observing/events.js'
import type { ResolvedOptions } from '../options.js'
import type { AddOptions, AddResult } from './add-options.js'
import { AddressFilter } from './address-filter.js'
import { Backpressure } from './backpressure.js'
import { type Candidate, type CheckOptions, checkSignals, type FilteredSignal } from './check-signals.js'
import { Dedup, type Parted } from './dedup.js'
import type { Preview } from './preview.js'
import { untilStopped } from './until-stopped.js'

const ADDING = 'Adding signals'

type Stored = EnqueueResult & { readonly dropped?: number }

interface SignalSink {
  enqueue(signals: readonly QueuedSignal[]): Promise<Stored>
}

/** Stands between a caller and the store, and acts once: what is stored is what is sent. */
export class Intake {
  readonly #check: CheckOptions
  readonly #dedup: Dedup | undefined
  readonly #sink: SignalSink
  readonly #events: EventFeed
  readonly #storing = new Underway()

  constructor(options: ResolvedOptions, storage: Storage, events: EventFeed) {
    const { clock, random, dedup, maxPending, whenFull, redact, allowLongMachineIds } = options
    this.#check = { filter: new AddressFilter(options), redact, allowLongMachineIds }
    this.#dedup = dedup === undefined ? undefined : new Dedup(dedup, storage, clock)
    this.#sink = maxPending === undefined ? storage : new Backpressure({ maxPending, whenFull, clock, random }, storage)
    this.#events = events
  }

  /**
   * Adds the signals in one call to the store; `offset` is the position of the first among all that
   * are given.
   */
  async add(signals: readonly Signal[], offset: number, options: AddOptions): Promise<AddResult> {
    const { signal } = options
    if (signal?.aborted) throw new AbortedError(ADDING)
    const { candidates, filtered } = await unlessAborted(ADDING, signal, () =>
      checkSignals(this.#check, signals, offset),
    )
    const kinds = await unlessAborted(ADDING, signal, () => this.#dedup?.kindsOf(candidates))
    await unlessAborted(ADDING, signal, () => this.#dedup?.syncIfDue())
    // No turn from here until they are claimed: two calls would both take a repeat for new.
    const { fresh, repeated, keys } = this.#part(candidates, kinds, options.dedup)
    const {
      added,
      duplicates,
      dropped = 0,
    } = await unlessAborted(ADDING, signal, () =>
      // What goes on after an abort has to end before the store is closed.
      this.#storing.add(this.#store(fresh, keys)),
    )
    this.#tell([...filtered, ...repeated], options.onFiltered)
    this.#count('filtered', filtered.length)
    this.#count('repeated', repeated.length)
    this.#count('full', dropped)
    return { added, duplicates, filtered: filtered.length, repeated: repeated.length, dropped }
  }

  /**
   * Runs everything that `add` does before it stores, and stores nothing. Whether the store knows a
   * uuid is not looked up.
   */
  async preview(signals: Iterable<Signal> | AsyncIterable<Signal>, signal: AbortSignal): Promise<Preview> {
    const all: Signal[] = []
    for await (const one of untilStopped(signals, signal)) all.push(one)
    const { candidates, filtered } = await checkSignals(this.#check, all, 0)
    const kinds = await this.#dedup?.kindsOf(candidates)
    await this.#dedup?.syncIfDue()
    const { fresh, repeated } = this.#part(candidates, kinds)
    return {
      signals: fresh.map(({ index, queued: { machineId, payload } }) => ({ index, machineId, json: payload })),
      filtered: [...filtered, ...repeated].sort((a, b) => a.index - b.index),
    }
  }

  /** Tells the store what was added lately, for other processes and later ones. Never throws. */
  async close(): Promise<void> {
    await this.#storing.ended()
    if (this.#dedup?.isUnshared) await this.#share(() => this.#dedup?.sync())
  }

  #part(candidates: readonly Candidate[], kinds: readonly string[] = [], dedup?: boolean): Parted {
    return this.#dedup?.part(candidates, kinds, dedup) ?? { fresh: candidates, repeated: [], keys: [] }
  }

  async #store(fresh: readonly Candidate[], keys: readonly string[]): Promise<Stored> {
    this.#dedup?.claim(keys)
    try {
      const result = await this.#sink.enqueue(fresh.map(({ queued }) => queued))
      this.#dedup?.confirm(keys)
      await this.#share(() => this.#dedup?.syncIfDue())
      return result
    } catch (error) {
      this.#dedup?.release(keys)
      throw error
    }
  }

  /** The signals are stored by now: trouble with telling others of them fails no call. */
  async #share(share: () => Promise<void> | undefined): Promise<void> {
    try {
      await share()
    } catch (error) {
      const message = 'Other processes were not told which signals were added; they may report the same once more'
      this.#events.emit('warning', { code: 'dedup_not_shared', message, error })
    }
  }

  #tell(filtered: readonly FilteredSignal[], onFiltered: AddOptions['onFiltered']): void {
    for (const one of filtered) {
      try {
        onFiltered?.(one)
      } catch (error) {
        this.#events.emit('warning', { code: 'listener_failed', message: 'The onFiltered callback threw', error })
      }
    }
  }

  #count(reason: 'filtered' | 'repeated' | 'full', count: number): void {
    if (count > 0) this.#events.emit('dropped', { count, reason })
  }
}
