import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '@cscapi/core'

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/**
 * After so many turns of the event loop in which nothing happened, everybody waits for time to
 * pass.
 */
const QUIET_TURNS = 5
/** The same while a request is under way: it may wait for time too. */
const QUIET_TURNS_OF_REQUESTS = 100

/**
 * Time that passes only in `advance`, from one sleeper's end to the next, and only when nobody has
 * anything left to do before.
 */
export class VirtualTime {
  #now: number
  #sleepers: Sleeper[] = []
  #steps = 0
  #requests = 0

  constructor(start = Date.parse('2026-03-01T00:00:00Z')) {
    this.#now = start
  }

  readonly now = (): number => this.#now

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    this.#steps += 1
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const end = (settle: () => void) => () => {
        this.#steps += 1
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
        signal?.removeEventListener('abort', onAbort)
        settle()
      }
      const sleeper = { at: this.#now + ms, wake: end(resolve) }
      const onAbort = end(() => reject(signal?.reason))
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#sleepers.push(sleeper)
    })
  }

  /** How many wait for time to pass. */
  get sleeping(): number {
    return this.#sleepers.length
  }

  /** A process's clock: `skewMs` off, and `freeze()` stops the process, as far as it ever waits. */
  process(skewMs = 0): Clock & { freeze(): void } {
    let isFrozen = false
    const sleep = async (ms: number, signal?: AbortSignal) => {
      await this.sleep(ms, signal)
      if (isFrozen) await new Promise(() => undefined)
    }
    const freeze = () => {
      isFrozen = true
    }
    return { now: () => this.#now + skewMs, sleep, freeze }
  }

  /** Lets time know of requests under way. */
  watch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
    return async (input, init) => {
      this.#steps += 1
      this.#requests += 1
      try {
        return await fetch(input, init)
      } finally {
        this.#steps += 1
        this.#requests -= 1
      }
    }
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await this.settle()
      const next = this.#sleepers.reduce<Sleeper | undefined>(
        (first, sleeper) => (first !== undefined && first.at <= sleeper.at ? first : sleeper),
        undefined,
      )
      if (next === undefined || next.at > end) break
      this.#now = Math.max(this.#now, next.at)
      next.wake()
    }
    this.#now = end
  }

  /** Waits until nobody does anything but wait for time to pass. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < (this.#requests > 0 ? QUIET_TURNS_OF_REQUESTS : QUIET_TURNS); quiet += 1) {
      const before = this.#steps
      await nextTurn()
      if (this.#steps !== before) quiet = -1
    }
  }
}
