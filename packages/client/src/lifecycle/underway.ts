/** Knows what is under way, so that its end can be waited for. */
export class Underway {
  readonly #work = new Set<Promise<unknown>>()

  /** Notes the work until it ends, and hands it back. */
  add<T>(work: Promise<T>): Promise<T> {
    const ended: Promise<unknown> = work
      .catch(() => undefined)
      .finally(() => {
        this.#work.delete(ended)
      })
    this.#work.add(ended)
    return work
  }

  /** Waits until all that is under way now has ended, however it ends. */
  async ended(): Promise<void> {
    await Promise.all(this.#work)
  }
}
