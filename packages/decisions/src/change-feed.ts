/** Canonical values that came into force, and that are not in force any more. */
export interface DecisionChange {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

export type ChangeListener = (change: DecisionChange) => void

/** Tells listeners what differs from what they were told before; costs nothing while nobody listens. */
export class ChangeFeed {
  readonly #listeners = new Set<ChangeListener>()
  #told = new Set<string>()

  /** The first listener is told of changes from now on; `values` are those in force. */
  add(listener: ChangeListener, values: () => Iterable<string>): () => void {
    if (this.#listeners.size === 0) this.#told = new Set(values())
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#told = new Set()
    }
  }

  tell(values: () => Iterable<string>): void {
    if (this.#listeners.size === 0) return
    const before = this.#told
    const now = new Set(values())
    const added = [...now].filter((value) => !before.has(value))
    const removed = [...before].filter((value) => !now.has(value))
    this.#told = now
    if (added.length === 0 && removed.length === 0) return
    for (const listener of this.#listeners) listener({ added, removed })
  }
}
