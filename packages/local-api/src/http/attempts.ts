/** Wrong ones of an address within a minute, after which others from there are not looked at. */
const MOST_WRONG = 20
const WINDOW_MS = 60_000
const MOST_ADDRESSES = 10_000

/** Counts wrong keys and passwords of each address, so that nobody can try them all. */
export class Attempts {
  readonly #now: () => number
  readonly #wrong = new Map<string, { since: number; count: number }>()

  constructor(now: () => number) {
    this.#now = now
  }

  isOver(address: string): boolean {
    return (this.#current(address)?.count ?? 0) >= MOST_WRONG
  }

  addWrong(address: string): void {
    const found = this.#current(address)
    if (found !== undefined) found.count += 1
    else {
      if (this.#wrong.size >= MOST_ADDRESSES) this.#wrong.delete(this.#wrong.keys().next().value ?? '')
      this.#wrong.set(address, { since: this.#now(), count: 1 })
    }
  }

  #current(address: string): { count: number } | undefined {
    const found = this.#wrong.get(address)
    if (found === undefined) return undefined
    const age = this.#now() - found.since
    // A clock that went back locks nobody out.
    if (age < WINDOW_MS && age >= 0) return found
    this.#wrong.delete(address)
    return undefined
  }
}
