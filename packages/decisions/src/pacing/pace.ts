/**
 * Units of work between two turns: a lookup, an entry, 32 characters of a line. A tenth of a
 * millisecond, and a few of them in a process that has just started, which is many times slower.
 */
const UNITS = 256

/** Items, and `undefined` where others may have their turn. */
export type Paced<T> = Iterable<T | undefined>

/** Counts work, and says when others are due. */
export class Beat {
  #units = 0

  isDue(units = 1): boolean {
    this.#units += units
    if (this.#units < UNITS) return false
    this.#units = 0
    return true
  }
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Lets others have a turn now and then while a long piece of work goes on. */
export class Pace {
  readonly #beat = new Beat()
  /** Lets others have their turn. */
  readonly turn: () => Promise<void>

  constructor(turn: () => Promise<void> = nextTurn) {
    this.turn = turn
  }

  /**
   * To be awaited only where it is not `undefined`: waiting for nothing, a million times, takes its
   * time too.
   */
  step(units = 1): Promise<void> | undefined {
    return this.#beat.isDue(units) ? this.turn() : undefined
  }

  /** Visits all items, of an array without waiting for each. */
  async each<T>(
    items: Iterable<T> | AsyncIterable<T>,
    visit: (item: T, index: number) => void,
    unitsOf: (item: T) => number = () => 1,
  ): Promise<void> {
    if (Array.isArray(items)) {
      // An iterator would make an object for each item here.
      for (let index = 0; index < items.length; index += 1) {
        visit(items[index], index)
        if (this.#beat.isDue(unitsOf(items[index]))) await this.turn()
      }
      return
    }
    let index = 0
    if (Symbol.asyncIterator in items) {
      for await (const item of items) {
        visit(item, index++)
        if (this.#beat.isDue(unitsOf(item))) await this.turn()
      }
      return
    }
    for (const item of items) {
      visit(item, index++)
      if (this.#beat.isDue(unitsOf(item))) await this.turn()
    }
  }

  /** Does work that says by itself where others may have their turn. */
  async finish<T>(work: Generator<undefined, T>): Promise<T> {
    for (;;) {
      const { done, value } = work.next()
      if (done === true) return value
      await this.turn()
    }
  }
}

/** What `visit` makes of each item; pauses pass through. */
export function* through<T, R>(
  items: Paced<T>,
  visit: (item: T) => Iterable<R | undefined>,
): Generator<R | undefined, void> {
  for (const item of items) {
    if (item === undefined) yield undefined
    else yield* visit(item)
  }
}
