import type { LogEvent } from '../log-event.js'

interface HeldEvent {
  readonly event: LogEvent
  readonly connection: { readonly isAccepted: boolean } | undefined
}

const MOST_HELD = 100_000

/**
 * Keeps events back until their connection can no longer be accepted, and gives them on in the
 * order in which they came. Memory is bounded: beyond `most` the oldest are given on early.
 */
export class HeldEvents {
  #held: HeldEvent[] = []
  #first = 0
  readonly #holdMs: number
  readonly #most: number

  constructor(holdMs: number, most = MOST_HELD) {
    this.#holdMs = holdMs
    this.#most = most
  }

  add(event: LogEvent, connection?: HeldEvent['connection']): void {
    this.#held.push({ event, connection })
  }

  /** Those that happened long before, or long after: logs are read one after the other. */
  takeDue(at: number): LogEvent[] {
    return this.#take(({ event }) => Math.abs(at - event.at) > this.#holdMs || this.#size > this.#most)
  }

  takeAll(): LogEvent[] {
    return this.#take(() => true)
  }

  /**
   * Gives those that may still be given on, each with the place of its connection, if that is open.
   */
  save(placeOf: (connection: object) => number | null): { event: LogEvent; connection: number | null }[] {
    return this.#held.slice(this.#first).flatMap(({ event, connection }) => {
      const place = connection === undefined ? null : placeOf(connection)
      return place === null && connection?.isAccepted === true ? [] : [{ event, connection: place }]
    })
  }

  /** When the first happened of those that are kept back. */
  get firstAt(): number | undefined {
    return this.#held[this.#first]?.event.at
  }

  get #size(): number {
    return this.#held.length - this.#first
  }

  #take(isDue: (held: HeldEvent) => boolean): LogEvent[] {
    const due: LogEvent[] = []
    for (let held = this.#held[this.#first]; held !== undefined && isDue(held); held = this.#held[this.#first]) {
      this.#first += 1
      if (held.connection?.isAccepted !== true) due.push(held.event)
    }
    // Seldom, because it copies what is left.
    if (this.#first > 1_000 && this.#first > this.#held.length / 2) {
      this.#held = this.#held.slice(this.#first)
      this.#first = 0
    }
    return due
  }
}
