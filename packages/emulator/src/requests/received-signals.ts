import { readOptions } from '@cscapi/signals'
import * as z from 'zod'

/** A signal that the server took, with how often it arrived. */
export interface ReceivedSignal {
  /** The signal's uuid; `undefined` where it had none. */
  readonly uuid: string
  /** The machine whose token it came with first. */
  readonly machineId: string
  /** The wire object of its first arrival; `undefined` when `recordSignals` is `'uuids'`. */
  readonly signal: Readonly<Record<string, unknown>> | undefined
  /** Arrivals: 1, or more when it was sent again. */
  readonly count: number
  /** First arrival, in epoch milliseconds of the emulator's clock. */
  readonly at: number
}

interface MutableReceivedSignal extends ReceivedSignal {
  count: number
}

/** How many signals are kept. */
export type RecordSignals = 'all' | 'uuids' | 'none'

/**
 * Every signal that was answered 2xx (or would have been, had the answer not been lost), by uuid.
 */
export class ReceivedSignals implements Iterable<ReceivedSignal> {
  readonly #byUuid = new Map<string, MutableReceivedSignal>()
  readonly #mode: RecordSignals
  #total = 0
  #withoutUuid = 0

  constructor(mode: RecordSignals) {
    this.#mode = mode
  }

  /** Distinct uuids. */
  get size(): number {
    return this.#byUuid.size
  }

  /** Arrivals: repeats and signals without uuid included. Exact in every mode. */
  get total(): number {
    return this.#total
  }

  /** Arrivals that carried no uuid; they are counted only. */
  get withoutUuid(): number {
    return this.#withoutUuid
  }

  /** Gives the signal with this uuid; `undefined` where none has come. */
  get(uuid: string): ReceivedSignal | undefined {
    readOptions('signals.get', z.string(), uuid, { root: 'uuid' })
    return this.#byUuid.get(uuid)
  }

  /** Tells whether a signal with this uuid has come. */
  has(uuid: string): boolean {
    readOptions('signals.has', z.string(), uuid, { root: 'uuid' })
    return this.#byUuid.has(uuid)
  }

  /** In the order of first arrival. */
  uuids(): string[] {
    return [...this.#byUuid.keys()]
  }

  /** In the order of first arrival. */
  values(): ReceivedSignal[] {
    return [...this.#byUuid.values()]
  }

  [Symbol.iterator](): Iterator<ReceivedSignal> {
    return this.#byUuid.values()
  }

  /** Gives the signals that arrived more than once. */
  duplicates(): ReceivedSignal[] {
    return this.values().filter((received) => received.count > 1)
  }

  /** Gives the signals that one machine was the first to deliver, in order of arrival. */
  ofMachine(machineId: string): ReceivedSignal[] {
    readOptions('signals.ofMachine', z.string(), machineId, { root: 'machineId' })
    return this.values().filter((received) => received.machineId === machineId)
  }

  /** @internal */
  add(machineId: string, signals: readonly unknown[], at: number): void {
    this.#total += signals.length
    if (this.#mode === 'none') return
    for (const signal of signals) {
      if (!isWireObject(signal) || typeof signal.uuid !== 'string') {
        this.#withoutUuid += 1
        continue
      }
      const uuid = signal.uuid
      const known = this.#byUuid.get(uuid)
      if (known) known.count += 1
      else this.#byUuid.set(uuid, { uuid, machineId, signal: this.#mode === 'all' ? signal : undefined, count: 1, at })
    }
  }

  /** @internal */
  clear(): void {
    this.#byUuid.clear()
    this.#total = 0
    this.#withoutUuid = 0
  }
}

function isWireObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
