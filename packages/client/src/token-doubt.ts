/** Deliveries that may be under way while nobody knows whether CAPI accepts tokens. */
const FIRST = 4

/**
 * Whether CAPI accepts the tokens that it issues, as far as one run knows. While it does not, few machines are sent for at once, and only one of them logs in:
 * a server that refuses every token is asked a handful of times, and not once or twice for each worker.
 */
export class TokenDoubt {
  #isCleared = false
  #hasRefusedFresh = false
  #under = 0
  #isTurnTaken = false
  #waiting: (() => void)[] = []
  readonly #isEnding: () => boolean

  constructor(isEnding: () => boolean) {
    this.#isEnding = isEnding
  }

  /** Whether a token was refused right after the login that issued it. */
  get hasRefusedFresh(): boolean {
    return this.#hasRefusedFresh
  }

  /** Runs one delivery, once it may begin. */
  async admit<T>(delivery: () => Promise<T>): Promise<T> {
    while (!this.#isCleared && this.#under >= FIRST && !this.#isEnding()) await this.#change()
    this.#under += 1
    try {
      return await delivery()
    } finally {
      this.#under -= 1
      this.#tell()
    }
  }

  /** Waits for the turn to log in; what it returns ends the turn. */
  async takeTurn(): Promise<() => void> {
    while (!this.#isCleared && this.#isTurnTaken) await this.#change()
    if (this.#isCleared) return () => undefined
    this.#isTurnTaken = true
    return () => {
      this.#isTurnTaken = false
      this.#tell()
    }
  }

  /** A call was answered otherwise than by a 401. */
  clear(): void {
    this.#isCleared = true
    this.#hasRefusedFresh = false
    this.#tell()
  }

  /** A call was answered 401. */
  raise({ isFresh }: { isFresh: boolean }): void {
    this.#isCleared = false
    if (isFresh) this.#hasRefusedFresh = true
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #tell(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
