import type { DecisionMove } from '@cscapi/decisions'
import { type WireNames, wireNames } from '../live/wire.js'

/** Decisions that ended, in all names but the value the same. */
export interface GoneGroup extends Omit<WireNames, 'value'> {
  readonly values: string[]
}

/** What ended in one change. */
export interface GoneEntry {
  readonly seq: number
  /** Epoch milliseconds. */
  readonly at: number
  readonly groups: readonly GoneGroup[]
}

/** A value of a scope. */
export interface Key {
  readonly scope: string
  readonly value: string
}

interface ComeEntry {
  readonly seq: number
  readonly keys: readonly Key[]
}

/** With more, a bouncer gets everything: that is no more work. */
const MOST_COME = 50_000
const MOST_GONE = 1_000_000
/** How long a bouncer may be away and is still told what ended. 7 days. */
export const GONE_KEPT_MS = 7 * 24 * 3_600_000

/**
 * What came and what ended, each change under a number: what is newer than a bouncer's number is
 * news to it.
 */
export class ChangeLog {
  #seq: number
  /** What came by this number is not known any more. */
  #floor: number
  #come: ComeEntry[] = []
  #gone: GoneEntry[]

  /** `floor` is the number from which on what came is known. */
  constructor(seq: number, floor: number, gone: readonly GoneEntry[] = []) {
    this.#seq = seq
    this.#floor = floor
    this.#gone = [...gone]
  }

  /** The number of the last change. */
  get seq(): number {
    return this.#seq
  }

  /** Every one of what ended that is still told, oldest first. */
  get gone(): readonly GoneEntry[] {
    return this.#gone
  }

  /** Adds one change; without `come` where that is too much to remember. */
  add(come: readonly Key[] | undefined, groups: readonly GoneGroup[], now: number): GoneEntry {
    this.#seq += 1
    const seq = this.#seq
    if (come === undefined) {
      this.#come = []
      this.#floor = seq
    } else if (come.length > 0) this.#come.push({ seq, keys: come })
    const entry = { seq, at: now, groups }
    if (groups.length > 0) this.#gone.push(entry)
    this.#trim(now)
    return entry
  }

  /** What came after `seq`; `undefined` where that is not known: everything has to be told. */
  comeSince(seq: number): Key[] | undefined {
    if (seq < this.#floor || seq > this.#seq) return undefined
    return this.#come.filter((entry) => entry.seq > seq).flatMap(({ keys }) => keys)
  }

  /** What ended after `seq`. */
  goneSince(seq: number): GoneEntry[] {
    return this.#gone.filter((entry) => entry.seq > seq)
  }

  #trim(now: number): void {
    let held = this.#come.reduce((sum, { keys }) => sum + keys.length, 0)
    while (held > MOST_COME) {
      const oldest = this.#come.shift()
      held -= oldest?.keys.length ?? held
      this.#floor = oldest?.seq ?? this.#seq
    }
    this.#gone = this.#gone.filter(({ at }) => at > now - GONE_KEPT_MS)
    let ended = this.#gone.reduce((sum, { groups }) => sum + countOf(groups), 0)
    while (ended > MOST_GONE && this.#gone.length > 1) ended -= countOf(this.#gone.shift()?.groups ?? [])
  }
}

const countOf = (groups: readonly GoneGroup[]) => groups.reduce((sum, { values }) => sum + values.length, 0)

/** Takes what moved, one after the other, for one change of the log. */
export class MovesTaken {
  readonly #groups = new Map<string, GoneGroup>()
  #come: Key[] | undefined = []

  take({ kind, decision }: DecisionMove): void {
    const { value, ...names } = wireNames(decision)
    if (kind === 'come') {
      this.#come?.push({ scope: names.scope, value })
      if ((this.#come?.length ?? 0) > MOST_COME) this.#come = undefined
      return
    }
    const key = JSON.stringify(names)
    const group = this.#groups.get(key)
    if (group === undefined) this.#groups.set(key, { ...names, values: [value] })
    else group.values.push(value)
  }

  get come(): readonly Key[] | undefined {
    return this.#come
  }

  get groups(): readonly GoneGroup[] {
    return [...this.#groups.values()]
  }

  get isEmpty(): boolean {
    return this.#groups.size === 0 && this.#come?.length === 0
  }
}
