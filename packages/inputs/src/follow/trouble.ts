/** What whoever runs a follower should know; following goes on, and it looks again and again. */
export interface FollowTrouble {
  /**
   * `missing`: there is no such file (yet). `unreadable`: it, or what it was rotated to, cannot be
   * read. `lost`: lines may be missing for good. `readable`: what was missing or unreadable is read
   * again.
   */
  readonly kind: 'missing' | 'unreadable' | 'lost' | 'readable'
  /** The path that is followed. */
  readonly file: string
  /** A sentence for people. */
  readonly message: string
}

/** Tells of each trouble once, until it is over. */
export class Troubles {
  readonly #file: string
  readonly #tell: (trouble: FollowTrouble) => void
  #last: string | undefined

  constructor(file: string, tell: (trouble: FollowTrouble) => void) {
    this.#file = file
    this.#tell = tell
  }

  missing(): void {
    this.#once('missing', `${this.#file} does not exist yet: it is waited for`)
  }

  unreadable(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error)
    this.#once('unreadable', `${this.#file} cannot be followed now, and is tried again: ${why}`)
  }

  lost(what: string): void {
    this.#tell({ kind: 'lost', file: this.#file, message: what })
  }

  over(): void {
    if (this.#last === undefined) return
    this.#last = undefined
    this.#tell({ kind: 'readable', file: this.#file, message: `${this.#file} is read now` })
  }

  #once(kind: FollowTrouble['kind'], message: string): void {
    if (this.#last === message) return
    this.#last = message
    this.#tell({ kind, file: this.#file, message })
  }
}
