import type { StateStore } from '@cscapi/client'
import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import type { Bouncer } from '../bouncers/authenticate.js'
import { stateKeys } from '../state-keys.js'
import { StoredJson } from '../stored-json.js'
import type { Key } from './change-log.js'

const schema = lazily(() =>
  z.record(
    z.string(),
    z.object({ seq: z.number(), owed: z.array(z.object({ scope: z.string(), value: z.string() })) }),
  ),
)

/** How far a bouncer was told. */
export interface Cursor {
  /** The last change that it knows. */
  readonly seq: number
  /** What it still has to be told again, since the answer before named their end. */
  readonly owed: readonly Key[]
}

/** More would be somebody who asks under ever new names. */
const MOST = 10_000
const WRITE_AFTER_MS = 500

/** A cursor for each bouncer: a key, from one address, as one user agent. */
export class Cursors {
  readonly #stored: StoredJson<Record<string, Cursor>> | undefined
  readonly #onTrouble: (error: unknown) => void
  #cursors: Map<string, Cursor> | undefined
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(state: StateStore | undefined, onTrouble: (error: unknown) => void) {
    this.#stored = state && new StoredJson<Record<string, Cursor>>(state, stateKeys.cursors, schema(), {})
    this.#onTrouble = onTrouble
  }

  async get(bouncer: Bouncer): Promise<Cursor | undefined> {
    return (await this.#all()).get(nameOf(bouncer))
  }

  /** The highest number that any bouncer knows. */
  async lastSeq(): Promise<number> {
    let last = 0
    for (const { seq } of (await this.#all()).values()) last = Math.max(last, seq)
    return last
  }

  /**
   * Moves the cursor of a bouncer that was got, after its whole answer went out; never back, as the slower of two
   * answers would. It is in the store soon after: one that is lost costs a repeat.
   */
  move(bouncer: Bouncer, cursor: Cursor): void {
    this.#cursors ??= new Map()
    const cursors = this.#cursors
    const name = nameOf(bouncer)
    const before = cursors.get(name)
    if (before !== undefined && before.seq > cursor.seq) return
    const isSame = before?.seq === cursor.seq && before.owed.length === 0 && cursor.owed.length === 0
    cursors.delete(name)
    cursors.set(name, cursor)
    if (cursors.size > MOST) cursors.delete(cursors.keys().next().value ?? '')
    if (!isSame && this.#stored !== undefined)
      this.#timer ??= setTimeout(() => void this.flush(), WRITE_AFTER_MS).unref()
  }

  /** Writes what has moved. Never throws. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(async () => {
      await this.#stored?.write(Object.fromEntries(this.#cursors ?? [])).catch(this.#onTrouble)
    })
    await this.#writing
  }

  async #all(): Promise<Map<string, Cursor>> {
    if (this.#cursors !== undefined) return this.#cursors
    const stored = await this.#stored?.read().catch((error: unknown) => {
      this.#onTrouble(error)
      return {}
    })
    this.#cursors ??= new Map(Object.entries(stored ?? {}))
    return this.#cursors
  }
}

const nameOf = ({ name, address, userAgent }: Bouncer) => JSON.stringify([name, address, userAgent])
