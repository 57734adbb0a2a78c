import type { CapiClient } from '@cscapi/client'

/** How often the store is asked for what other processes have pulled or decided. */
const EVERY_MS = 1_000

/** Keeps a client's decisions up to date with what other processes of its store do. */
export class Following {
  readonly #client: CapiClient | undefined
  readonly #now: () => number
  readonly #onTrouble: (error: unknown) => void
  #at = Number.NEGATIVE_INFINITY
  #running: Promise<void> | undefined

  constructor(client: CapiClient | undefined, now: () => number, onTrouble: (error: unknown) => void) {
    this.#client = client
    this.#now = now
    this.#onTrouble = onTrouble
  }

  /** Never throws: what is known goes on to be told while the store is down. */
  async refresh(): Promise<void> {
    const age = this.#now() - this.#at
    if (this.#client === undefined || (age >= 0 && age < EVERY_MS)) return
    this.#running ??= this.#client
      .decisions()
      .then(() => undefined, this.#onTrouble)
      .finally(() => {
        this.#at = this.#now()
        this.#running = undefined
      })
    await this.#running
  }
}
