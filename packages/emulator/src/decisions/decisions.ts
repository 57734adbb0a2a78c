import { readOptions } from '@cscapi/signals'
import { type Entry, keyOf, toDeleted, toEntry, toNewJson, wholeKeyOf } from './entry.js'
import { generateDecisions } from './generate-decisions.js'
import { decisionsSeedSchema, type SeedDecision } from './seeds.js'

interface Removal {
  readonly sequence: number
  readonly entry: Entry
}

/** What one machine is answered. */
export interface DecisionsAnswer {
  /** JSON text: it may be megabytes, and is made once per change where all are told the same. */
  readonly newJson: string
  readonly deleted: unknown[]
}

/** The community blocklist of the emulator, and which machine has heard of which removal. */
export class Decisions {
  #entries: readonly Entry[] = []
  /** Scope and value: an address is not removed as long as any scenario names it. */
  #keys: ReadonlySet<string> = new Set()
  #newJson: string | undefined
  #removals: Removal[] = []
  #sequence = 0
  /** Per machine: the change up to which it was told. */
  readonly #told = new Map<string, number>()
  readonly #seed: number
  readonly #deltas: boolean

  /** @param deltas whether a machine is told only what changed since its last answer */
  constructor(seed: number, deltas: boolean) {
    this.#seed = seed
    this.#deltas = deltas
  }

  get size(): number {
    return this.#entries.length
  }

  /**
   * A number is that many generated ones. What is no longer in the list will be announced as
   * deleted to machines that pulled before.
   */
  set(seed: number | readonly SeedDecision[]): void {
    const parsed = readOptions('setDecisions', decisionsSeedSchema, seed, { root: 'decisions' })
    const list = typeof parsed === 'number' ? generateDecisions(parsed, this.#seed) : parsed
    const before = this.#entries
    const known = new Map(this.#deltas ? before.map((entry) => [wholeKeyOf(entry), entry.sequence]) : [])
    this.#sequence += 1
    this.#entries = list.map((decision) => {
      const entry = toEntry(decision, this.#sequence)
      const sequence = known.size === 0 ? undefined : known.get(wholeKeyOf(entry))
      return sequence === undefined ? entry : { ...entry, sequence }
    })
    this.#keys = new Set(this.#entries.map(keyOf))
    this.#newJson = undefined
    for (const entry of before) {
      if (!this.#keys.has(keyOf(entry))) this.#removals.push({ sequence: this.#sequence, entry })
    }
  }

  /**
   * `new` and `deleted` for a machine, which counts as told then. `startup`: it holds nothing, and
   * is told everything.
   */
  answerFor(machineId: string, { startup }: { startup: boolean }): DecisionsAnswer {
    const last = this.#told.get(machineId)
    this.#told.set(machineId, this.#sequence)
    const isWhole = startup || last === undefined || !this.#deltas
    return {
      newJson: isWhole ? this.#wholeJson() : toNewJson(this.#entries.filter(({ sequence }) => sequence > last)),
      deleted: this.#deletedSince(startup && last !== undefined ? 0 : (last ?? this.#sequence)),
    }
  }

  #wholeJson(): string {
    this.#newJson ??= toNewJson(this.#entries)
    return this.#newJson
  }

  /** Gives what was removed since that change and has not come back. */
  #deletedSince(last: number): unknown[] {
    const removed = new Map<string, Entry>()
    for (const { sequence, entry } of this.#removals) {
      const key = keyOf(entry)
      if (sequence > last && !this.#keys.has(key)) removed.set(key, entry)
    }
    return toDeleted([...removed.values()])
  }

  clear(): void {
    this.#entries = []
    this.#keys = new Set()
    this.#newJson = undefined
    this.#removals = []
    this.#told.clear()
  }
}
