import type { HeldDecision, HeldDecisions } from '@cscapi/decisions'
import type { DecisionFilter } from '../live/decision-filter.js'
import { decisionJson, itemJson, secondsLeft, wireNames } from '../live/wire.js'
import type { ChangeLog, GoneGroup, Key } from './change-log.js'
import type { Cursor } from './cursors.js'

/** What one answer of the stream is made of. */
export interface StreamRequest {
  readonly held: HeldDecisions
  readonly log: ChangeLog
  /** `undefined` for a bouncer that is not known, or one that starts anew. */
  readonly cursor: Cursor | undefined
  /** It has nothing yet, so that nothing is to be taken from it. */
  readonly isStartup: boolean
  readonly filter: DecisionFilter
  /** Of one value and type, only what lasts longest. */
  readonly isDeduplicated: boolean
  readonly now: () => number
}

/** How every answer of the stream begins. */
export const BEGIN = '{"new": ['

/** One answer of the stream, and how far its bouncer is told with it. */
export class StreamAnswer {
  readonly #request: StreamRequest
  readonly #gone: readonly GoneGroup[]
  /** What came; `undefined` where all that is in force has to be told. */
  readonly #come: readonly Key[] | undefined
  readonly #owed = new Map<string, Key>()
  readonly #seq: number

  constructor(request: StreamRequest) {
    const { log, cursor, isStartup } = request
    this.#request = request
    this.#seq = log.seq
    const gone = isStartup ? [] : cursor === undefined ? log.gone : log.goneSince(cursor.seq)
    this.#gone = gone.flatMap(({ groups }) => groups)
    const come = cursor && log.comeSince(cursor.seq)
    this.#come = come && [...come, ...(cursor?.owed ?? [])]
  }

  /** To be asked after the last of {@link texts}. */
  get cursor(): Cursor {
    return { seq: this.#seq, owed: [...this.#owed.values()] }
  }

  /** What comes after {@link BEGIN}; `undefined` where others may have their turn. */
  *texts(): Generator<string | undefined, void> {
    yield* this.#noteConflicts()
    yield* this.#come === undefined ? this.#everything() : this.#news(this.#come)
    yield '], "deleted": ['
    yield* this.#ended()
    yield ']}'
  }

  /**
   * Half of the clients delete last, and by the value alone: where one type of a value ended and
   * another is in force, the end is told now, and the other in the next answer.
   */
  *#noteConflicts(): Generator<undefined, void> {
    for (const [names, value] of eachGone(this.#gone)) {
      if (value === undefined) {
        yield undefined
        continue
      }
      if (!this.#isWanted(names, value)) continue
      const types = this.#visible(names.scope, value).map(({ remediation }) => remediation)
      if (types.length > 0 && !types.includes(names.type))
        this.#owed.set(keyOf(names.scope, value), { scope: names.scope, value })
    }
  }

  *#news(keys: readonly Key[]): Generator<string | undefined, void> {
    const told = new Set<string>()
    const comma = separator()
    let steps = 0
    for (const { scope, value } of keys) {
      steps += 1
      if (steps % TURN === 0) yield undefined
      const key = keyOf(scope, value)
      if (told.has(key) || this.#owed.has(key)) continue
      told.add(key)
      for (const row of this.#chosen(this.#visible(scope, value))) yield* this.#item(row, comma)
    }
  }

  *#everything(): Generator<string | undefined, void> {
    const { held, now, isDeduplicated } = this.#request
    const comma = separator()
    const isToCompare = isDeduplicated && held.mayRepeat
    for (const row of held.rows(now())) {
      if (row === undefined) {
        yield undefined
        continue
      }
      const { scope, value } = row
      if (!this.#passes(row) || (this.#owed.size > 0 && this.#owed.has(keyOf(scope, value)))) continue
      if (isToCompare && !this.#chosen(this.#visible(scope, value)).some((one) => isSame(one, row))) continue
      yield* this.#item(row, comma)
    }
  }

  *#ended(): Generator<string | undefined, void> {
    const comma = separator()
    for (const [names, value] of eachGone(this.#gone)) {
      if (value === undefined) {
        yield undefined
        continue
      }
      const { scope } = names
      if (!this.#isWanted(names, value)) continue
      const isHeld = !this.#owed.has(keyOf(scope, value)) && this.#visible(scope, value).length > 0
      if (!isHeld) yield comma() + itemJson({ ...names, value }, -1, undefined)
    }
  }

  *#item(row: HeldDecision, comma: () => string): Generator<string, void> {
    const seconds = secondsLeft(row.expiresAt, this.#request.now())
    if (seconds > 0) yield comma() + decisionJson(row, seconds)
  }

  #visible(scope: string, value: string): HeldDecision[] {
    const { held, now } = this.#request
    return held.at(scope, value, now()).filter((row) => this.#passes(row))
  }

  #passes(row: HeldDecision): boolean {
    return this.#request.filter(wireNames(row))
  }

  #isWanted(group: GoneGroup, value: string): boolean {
    return this.#request.filter({ ...group, value })
  }

  /** Of each type, what lasts longest. */
  #chosen(rows: readonly HeldDecision[]): readonly HeldDecision[] {
    if (!this.#request.isDeduplicated || rows.length < 2) return rows
    const longest = new Map<string, HeldDecision>()
    for (const row of rows) {
      const other = longest.get(row.remediation)
      if (other === undefined || row.expiresAt > other.expiresAt) longest.set(row.remediation, row)
    }
    return [...longest.values()]
  }
}

/** Steps until others have their turn. */
const TURN = 256

/** Each value with its group; no value where others may have their turn. */
function* eachGone(groups: readonly GoneGroup[]): Generator<readonly [GoneGroup, string | undefined], void> {
  let steps = 0
  for (const group of groups)
    for (const value of group.values) {
      steps += 1
      if (steps % TURN === 0) yield [group, undefined]
      yield [group, value]
    }
}

const keyOf = (scope: string, value: string) => `${scope}\0${value}`

const isSame = (a: HeldDecision, b: HeldDecision) =>
  a.id === b.id && a.origin === b.origin && a.remediation === b.remediation

function separator(): () => string {
  let isFirst = true
  return () => {
    const text = isFirst ? '' : ', '
    isFirst = false
    return text
  }
}
