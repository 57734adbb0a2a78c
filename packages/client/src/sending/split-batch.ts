import type { SignalLease } from '@cscapi/storage'

export type Batch = SignalLease['signals']

/**
 * How much of a refused piece goes into its left part. An offender there costs one more request,
 * one on the right costs two.
 */
const LEFT_PART = 0.6

/**
 * Plans what is still to be posted of one lease, in order. A batch that is refused is halved, and
 * its pieces taken apart, until the offenders stand alone; once the first of them is found, what is
 * left of its batch goes out in one piece again. So a lone offender costs at most 2 × log2(batch)
 * more requests (one more in batches below 32), and where all are offenders, hardly more than 2 for
 * each.
 */
export class PostPlan {
  readonly #batches: Batch[]
  /** Of the batch being taken apart; they come first. */
  #pieces: Batch[] = []
  /**
   * Whether that batch was put together again already: done once, since where there are two
   * offenders there may be many.
   */
  #isRejoined = false

  constructor(signals: Batch, maxBytes: number) {
    this.#batches = batchesOf(signals, maxBytes)
  }

  /** What to post now; `undefined` when nothing is left. */
  get first(): Batch | undefined {
    return this.#pieces[0] ?? this.#batches[0]
  }

  /** The first was taken. */
  posted(): void {
    this.#take()
  }

  /** The first was refused, and holds more than one signal. */
  split(): void {
    const part = this.#pieces.length === 0 ? 0.5 : LEFT_PART
    const batch = this.#take()
    const left = Math.min(Math.round(batch.length * part), batch.length - 1)
    this.#pieces.unshift(batch.slice(0, left), batch.slice(left))
  }

  /** The first, a single signal, was refused. */
  rejected(): void {
    this.#take()
    if (this.#isRejoined || this.#pieces.length === 0) return
    this.#pieces = [this.#pieces.flat()]
    this.#isRejoined = true
  }

  #take(): Batch {
    if (this.#pieces.length > 0) return this.#pieces.shift() ?? []
    this.#isRejoined = false
    return this.#batches.shift() ?? []
  }
}

/**
 * Cuts a lease into batches of at most `maxBytes` of JSON; a signal that is larger alone stands
 * alone.
 */
function batchesOf(signals: Batch, maxBytes: number): Batch[] {
  const batches: Batch[] = []
  let batch: Batch[number][] = []
  let bytes = 2
  for (const signal of signals) {
    const size = Buffer.byteLength(signal.payload) + 1
    if (batch.length > 0 && bytes + size > maxBytes) {
      batches.push(batch)
      batch = []
      bytes = 2
    }
    batch.push(signal)
    bytes += size
  }
  return batch.length > 0 ? [...batches, batch] : batches
}
