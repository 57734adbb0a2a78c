/** Deliveries that may be under way before CAPI has shown that it accepts tokens. */
const FIRST = 4

/**
 * Whether CAPI accepts the tokens that it issues, as far as one run knows: `unknown` until the
 * first answer, `doubted` from a 401 to the next other answer. Unless it does, few machines are
 * sent for at once, and while it is doubted, one of them logs in at a time: a server that refuses
 * every token is asked a handful of times, and not once or twice by each worker.
 */
export class TokenDoubt {
  #state: 'unknown' | 'doubted' | 'accepted' = 'unknown'
  #hasRefusedFresh = false
  #under = 0
  #isTurnTaken = false
  #waiting: (() => void)[] = []
  readonly #isEnding: () => boolean

  constructor(isEnding: () => boolean) {
    this.#isEnding = isEnding
  }

  /** Whether the last 401 was one that a fresh token did not help. */
  get hasRefusedFresh(): boolean {
    return this.#hasRefusedFresh
  }

  /** Runs one delivery, once it may begin. */
  async admit<T>(delivery: () => Promise<T>): Promise<T> {
    while (this.#state !== 'accepted' && this.#under >= FIRST && !this.#isEnding()) await this.#change()
    this.#under += 1
    try {
      return await delivery()
    } finally {
      this.#under -= 1
      this.#tell()
    }
  }

  /**
   * Waits for the turn to log in; what it returns ends the turn. `undefined` where nobody has to
   * wait.
   */
  async takeTurn(): Promise<(() => void) | undefined> {
    while (this.#state === 'doubted' && this.#isTurnTaken) await this.#change()
    if (this.#state !== 'doubted') return undefined
    this.#isTurnTaken = true
    return () => {
      this.#isTurnTaken = false
      this.#tell()
    }
  }

  /** A call was answered otherwise than by a 401. */
  accepted(): void {
    this.#state = 'accepted'
    this.#hasRefusedFresh = false
    this.#tell()
  }

  /** A call was answered 401. */
  refused(): void {
    this.#state = 'doubted'
  }

  /** A call was answered 401, and a fresh token does not help. */
  refusedFresh(): void {
    this.refused()
    this.#hasRefusedFresh = true
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
