const STEPS = 4_096

/** Lets others have a turn now and then while a long piece of work goes on. */
export class Pace {
  #steps = 0

  /** To be awaited only where it is not `undefined`: waiting for nothing, a million times, takes its time too. */
  step(): Promise<void> | undefined {
    this.#steps += 1
    return this.#steps % STEPS === 0 ? new Promise((resolve) => setImmediate(resolve)) : undefined
  }

  /** Visits all items, of an array without waiting for each. */
  async each<T>(items: Iterable<T> | AsyncIterable<T>, visit: (item: T, index: number) => void): Promise<void> {
    let index = 0
    const next = (item: T) => {
      visit(item, index)
      index += 1
      return this.step()
    }
    if (Symbol.asyncIterator in items) {
      for await (const item of items) await next(item)
      return
    }
    for (const item of items) {
      const turn = next(item)
      if (turn !== undefined) await turn
    }
  }
}
