import type { FollowClock } from '../../src/follow/state-store.js'

/** Time that passes when the test says so. Each sleep of the follower is one look at the file. */
export class PollClock implements FollowClock {
  #now: number
  #wake: (() => void) | undefined
  #onSleep: (() => void) | undefined

  constructor(now = 0) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const slept = new Promise<void>((resolve, reject) => {
      const abort = () => reject(signal?.reason)
      this.#wake = () => {
        this.#now += ms
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      signal?.addEventListener('abort', abort, { once: true })
      if (signal?.aborted) abort()
    })
    this.#onSleep?.()
    return slept
  }

  advance(ms: number): void {
    this.#now += ms
  }

  /** Lets the follower look so many times, and waits until it sleeps again. */
  async looks(times = 1): Promise<void> {
    for (let look = 0; look < times; look += 1) {
      const again = new Promise<void>((resolve) => {
        this.#onSleep = resolve
      })
      const wake = this.#wake
      this.#wake = undefined
      wake?.()
      await again
    }
  }
}
