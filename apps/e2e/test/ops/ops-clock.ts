import { setImmediate, setTimeout as sleep } from 'node:timers/promises'

/** A clock that a test moves, until it is told to go by itself. */
export class OpsClock {
  #now: number
  #isLive = false
  #waiting: { readonly at: number; readonly wake: () => void }[] = []

  constructor(now: number) {
    this.#now = now
  }

  readonly now = (): number => (this.#isLive ? Date.now() : this.#now)

  readonly sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted()
    if (this.#isLive) return sleep(ms, undefined, { ref: false, ...(signal !== undefined && { signal }) })
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => reject(signal?.reason)
      signal?.addEventListener('abort', onAbort, { once: true })
      const wake = () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }
      this.#waiting.push({ at: this.#now + ms, wake })
    })
  }

  /** Moves on, and lets everybody do what is due by then. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms
    for (;;) {
      const next = this.#waiting.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#waiting = this.#waiting.filter((one) => one !== next)
      this.#now = next.at
      next.wake()
      await settled()
    }
    this.#now = until
    await settled()
  }

  /** From now on it is the host's clock. */
  goLive(): void {
    this.#isLive = true
    for (const { wake } of this.#waiting.splice(0)) wake()
  }
}

/** What was woken has looked at a store in memory by then. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await setImmediate()
}
