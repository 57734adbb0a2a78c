import { generateDecisions } from './generate-decisions.js'
import { parseInput } from './parse-input.js'
import { decisionsSeedSchema, type SeedDecision } from './seeds.js'

interface Entry {
  readonly value: string
  readonly scope: string
  readonly scenario: string
  readonly duration: string
}

interface Removal {
  readonly sequence: number
  readonly entry: Entry
}

/** The community blocklist of the emulator, and which machine has heard of which removal. */
export class Decisions {
  #entries: readonly Entry[] = []
  /** Scope and value: an address is not removed as long as any scenario names it. */
  #keys: ReadonlySet<string> = new Set()
  #newJson: string | undefined
  #removals: Removal[] = []
  #sequence = 0
  /** Per machine: the sequence of the last removal it was told. */
  readonly #told = new Map<string, number>()
  readonly #seed: number

  constructor(seed: number) {
    this.#seed = seed
  }

  get size(): number {
    return this.#entries.length
  }

  /** A number is that many generated ones. What is no longer in the list will be announced as deleted to machines that pulled before. */
  set(seed: number | readonly SeedDecision[]): void {
    const parsed = parseInput('Decisions', decisionsSeedSchema, seed)
    const list = typeof parsed === 'number' ? generateDecisions(parsed, this.#seed) : parsed
    const before = this.#entries
    this.#entries = list.map(toEntry)
    this.#keys = new Set(this.#entries.map(keyOf))
    this.#newJson = undefined
    for (const entry of before) {
      if (!this.#keys.has(keyOf(entry))) this.#removals.push({ sequence: ++this.#sequence, entry })
    }
  }

  /** `"new"` in CAPI's grouped form, as JSON text: made once per change, since it may be megabytes. */
  newJson(): string {
    this.#newJson ??= JSON.stringify(
      groupBy(
        this.#entries,
        ({ scenario, scope }) => JSON.stringify([scenario, scope]),
        (group, { scenario, scope }) => ({
          scenario,
          scope,
          decisions: group.map(({ value, duration }) => ({ value, duration })),
        }),
      ),
    )
    return this.#newJson
  }

  /** `"deleted"`: what was removed since this machine's last pull and has not come back. Counts as told. */
  deletedFor(machineId: string): unknown[] {
    const told = this.#told.get(machineId) ?? this.#sequence
    this.#told.set(machineId, this.#sequence)
    const removed = new Map<string, Entry>()
    for (const { sequence, entry } of this.#removals) {
      const key = keyOf(entry)
      if (sequence > told && !this.#keys.has(key)) removed.set(key, entry)
    }
    return groupBy(
      [...removed.values()],
      ({ scope }) => scope,
      (group, { scope }) => ({
        scope,
        decisions: group.map(({ value }) => value),
      }),
    )
  }

  clear(): void {
    this.#entries = []
    this.#keys = new Set()
    this.#newJson = undefined
    this.#removals = []
    this.#told.clear()
  }
}

function toEntry({ value, scope, scenario, duration }: SeedDecision): Entry {
  return {
    value,
    scope: scope ?? (value.includes('/') ? 'Range' : 'Ip'),
    scenario: scenario ?? 'crowdsecurity/community-blocklist',
    duration: duration ?? '24h',
  }
}

function keyOf({ scope, value }: Entry): string {
  return `${scope} ${value}`
}

function groupBy<Group>(
  entries: readonly Entry[],
  keyOfGroup: (entry: Entry) => string,
  toGroup: (members: readonly Entry[], first: Entry) => Group,
): Group[] {
  const groups = new Map<string, [Entry, ...Entry[]]>()
  for (const entry of entries) {
    const key = keyOfGroup(entry)
    const members = groups.get(key)
    if (members) members.push(entry)
    else groups.set(key, [entry])
  }
  return [...groups.values()].map((members) => toGroup(members, members[0]))
}
