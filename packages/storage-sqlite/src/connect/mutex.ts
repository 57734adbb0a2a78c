/** Lets one caller in at a time, in the order of their calls. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** Whether somebody waits while another is inside. */
  get isContended(): boolean {
    return this.#waiting > 1
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting += 1
    const result = this.#last.then(work)
    this.#last = result.then(
      () => this.#leave(),
      () => this.#leave(),
    )
    return result
  }

  #leave(): void {
    this.#waiting -= 1
  }
}
