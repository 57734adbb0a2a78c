import { setImmediate } from 'node:timers/promises'
import { printable } from '@cscapi/signals'
import type { ZodType } from 'zod'
import { readFields } from './read-fields.js'
import { issuesAt, type SkippedEntries } from './skipped-entries.js'
import { containerAt, type JsonElement, keyAt } from './streamed-json.js'

/** A part of the answer whose entries come in groups: `{ scope, …, decisions: [entry, …] }`. */
export interface GroupedPart<Header, Entry, Kept> {
  readonly name: 'new' | 'deleted'
  readonly group: ZodType<Header>
  /** Says what is wrong with an entry that cannot be read. */
  readonly entry: ZodType
  /** `undefined` for an entry that cannot be read. */
  read(entry: unknown): Entry | undefined
  keep(entry: Entry, header: Header): Kept
}

/** Entries that are finished together: so many take no time that anybody notices. */
const ENTRIES_PER_TURN = 4_096
const HEADER = new Set<string | number | undefined>(['scope', 'scenario', 'decisions'])

/**
 * Takes the entries of one part out of the stream as they come: a group may be as large as the
 * whole answer.
 */
export class GroupedEntries<Header, Entry, Kept> {
  readonly kept: Kept[] = []
  readonly #part: GroupedPart<Header, Entry, Kept>
  readonly #skipped: SkippedEntries
  /**
   * The group that entries are coming of, and what it is about, where it said so before its first
   * entry.
   */
  #group: unknown
  #header: Header | undefined
  /** Entries that came before what their group is about, or behind others that wait. */
  #waiting: Entry[] = []
  #late: { readonly entries: readonly Entry[]; readonly header: Header }[] = []

  constructor(part: GroupedPart<Header, Entry, Kept>, skipped: SkippedEntries) {
    this.#part = part
    this.#skipped = skipped
  }

  visit(element: JsonElement): 'keep' | 'drop' {
    const depth = element.stack.length
    if (depth === 1) this.#endPart(element.value)
    if (depth === 1 || !Array.isArray(containerAt(element, 1))) return 'drop'
    if (depth === 2) this.#endGroup(element)
    if (depth === 3) return HEADER.has(element.key) ? 'keep' : 'drop'
    if (depth < 3 || keyAt(element, 3) !== 'decisions' || !Array.isArray(containerAt(element, 3))) return 'drop'
    if (depth > 4) return 'keep'
    this.#take(element)
    return 'drop'
  }

  /**
   * Finishes the groups that said only at their end what they are about; nothing to wait for where
   * there is none.
   */
  settle(): Promise<void> | undefined {
    return this.#late.length === 0 ? undefined : this.#settle()
  }

  async #settle(): Promise<void> {
    for (const { entries, header } of this.#late.splice(0)) {
      for (let index = 0; index < entries.length; index += ENTRIES_PER_TURN) {
        for (const entry of entries.slice(index, index + ENTRIES_PER_TURN)) this.#keep(entry, header)
        if (entries.length > ENTRIES_PER_TURN) await setImmediate()
      }
    }
  }

  #take(element: JsonElement): void {
    const { entry } = this.#part
    const group = containerAt(element, 2)
    if (group !== this.#group) {
      this.#group = group
      this.#header = readFields(this.#part.group, ['scope'], { ...Object(group), decisions: [] })
    }
    const data = this.#part.read(element.value)
    if (data === undefined) this.#skip(() => `${groupPath(element)}.decisions[${element.key}]`, entry, element.value)
    else if (this.#header === undefined || this.#late.length + this.#waiting.length > 0) this.#waiting.push(data)
    else this.#keep(data, this.#header)
  }

  #endGroup(element: JsonElement): void {
    const { group } = this.#part
    const entries = this.#waiting
    this.#waiting = []
    this.#group = undefined
    const header = readFields(group, ['scope'], element.value)
    if (header === undefined) this.#skip(() => groupPath(element), group, element.value, Math.max(1, entries.length))
    else if (entries.length > 0) this.#late.push({ entries, header })
  }

  #endPart(value: unknown): void {
    if (value === null || Array.isArray(value)) return
    this.#skipped.add()
    const { name } = this.#part
    this.#skipped.tell(name, [{ path: name, value: printable(value), rule: 'must be a list' }])
  }

  #keep(entry: Entry, header: Header): void {
    this.kept.push(this.#part.keep(entry, header))
  }

  #skip(path: () => string, schema: ZodType, value: unknown, count = 1): void {
    this.#skipped.add(count)
    const { name } = this.#part
    if (!this.#skipped.isFull(name)) this.#skipped.tell(name, issuesAt(path(), schema, value))
  }
}

function groupPath(element: JsonElement): string {
  return `${keyAt(element, 1)}[${keyAt(element, 2)}]`
}
