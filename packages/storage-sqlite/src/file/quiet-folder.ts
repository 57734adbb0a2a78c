import { type Stats, statSync } from 'node:fs'

/**
 * A file system may write down times in steps of two seconds: of a change in such a step, a second
 * one does not show.
 */
const QUIET_MS = 3_000

type Moment = Pick<Stats, 'dev' | 'ino' | 'ctimeMs'>

/**
 * Tells by one call to the system that no name in a folder leads elsewhere than when it was looked
 * at: that would have changed the folder, and the time of its last change.
 */
export class QuietFolder {
  readonly #path: string
  readonly #now: () => number
  #known: Moment | undefined

  constructor(path: string, now = () => Date.now()) {
    this.#path = path
    this.#now = now
  }

  /** Whether nothing has changed in it since {@link looking} found all well. */
  isAsKnown(): boolean {
    return this.#known !== undefined && isSame(momentOf(this.#path), this.#known)
  }

  /** Looks at what is in it, which `isWell` says, and remembers it if the folder has come to rest. */
  looking(isWell: () => boolean): boolean {
    const before = momentOf(this.#path)
    this.#known = undefined
    if (!isWell()) return false
    if (before !== undefined && this.#now() - before.ctimeMs > QUIET_MS) this.#known = before
    return true
  }
}

/** Its times are exact to less than a microsecond, and two changes of it are farther apart. */
function momentOf(path: string): Moment | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

const isSame = (found: Moment | undefined, known: Moment) =>
  found?.ctimeMs === known.ctimeMs && found.ino === known.ino && found.dev === known.dev
