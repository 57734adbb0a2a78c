/** Ends a download that stands still, that takes too long, or that its caller ends. */
export class TimeLimits {
  readonly #controller = new AbortController()
  readonly #idleMs: number
  readonly #caller: AbortSignal | undefined
  readonly #onAbort = () => this.#controller.abort(this.#caller?.reason)
  readonly #whole: NodeJS.Timeout
  #idle: NodeJS.Timeout
  /** What went wrong, once a limit was passed. */
  passed: string | undefined

  constructor(idleMs: number, wholeMs: number, caller: AbortSignal | undefined) {
    this.#idleMs = idleMs
    this.#caller = caller
    this.#idle = this.#startIdle()
    this.#whole = this.#start(wholeMs, `took longer than ${wholeMs} ms`)
    if (caller?.aborted) this.#onAbort()
    caller?.addEventListener('abort', this.#onAbort, { once: true })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  touch(): void {
    clearTimeout(this.#idle)
    this.#idle = this.#startIdle()
  }

  end(): void {
    clearTimeout(this.#idle)
    clearTimeout(this.#whole)
    this.#caller?.removeEventListener('abort', this.#onAbort)
  }

  #startIdle(): NodeJS.Timeout {
    return this.#start(this.#idleMs, 'stood still')
  }

  #start(ms: number, passed: string): NodeJS.Timeout {
    return setTimeout(() => {
      this.end()
      this.passed = passed
      this.#controller.abort(new Error(passed))
    }, ms)
  }
}
