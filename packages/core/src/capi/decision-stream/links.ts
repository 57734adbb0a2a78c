import {
  type AllowlistLink,
  allowlistLinkSchema,
  type BlocklistLink,
  blocklistLinkSchema,
  printable,
} from '@cscapi/signals'
import type { ZodType } from 'zod'
import { readFields } from './read-fields.js'
import { issuesAt, type SkippedEntries } from './skipped-entries.js'
import { containerAt, type JsonElement, keyAt } from './streamed-json.js'

/** Takes the links to further lists out of the stream. */
export class Links {
  readonly blocklists: BlocklistLink[] = []
  readonly allowlists: AllowlistLink[] = []
  readonly #skipped: SkippedEntries

  constructor(skipped: SkippedEntries) {
    this.#skipped = skipped
  }

  visit(element: JsonElement): 'keep' | 'drop' {
    const depth = element.stack.length
    const kind = keyAt(element, 2)
    if (depth === 1) this.#expect('links', 'an object', element.value, !Array.isArray(element.value))
    if (kind !== 'blocklists' && kind !== 'allowlists') return 'drop'
    if (depth === 2) this.#expect(`links.${kind}`, 'a list', element.value, Array.isArray(element.value))
    if (depth < 3 || !Array.isArray(containerAt(element, 2))) return 'drop'
    if (depth > 3) return 'keep'
    if (kind === 'blocklists') this.#take(element, blocklistLinkSchema, this.blocklists)
    else this.#take(element, allowlistLinkSchema, this.allowlists)
    return 'drop'
  }

  #take<Link>({ value, stack, key }: JsonElement, schema: ZodType<Link>, into: Link[]): void {
    const link = readFields(schema, ['name', 'url'], value)
    if (link !== undefined) into.push(link)
    else this.#skip(() => issuesAt(`links.${stack[2]?.key}[${key}]`, schema, value))
  }

  #expect(path: string, kind: string, value: unknown, isKind: boolean): void {
    if (value === null || (typeof value === 'object' && isKind)) return
    this.#skip(() => [{ path, value: printable(value), rule: `must be ${kind}` }])
  }

  #skip(issues: () => ReturnType<typeof issuesAt>): void {
    this.#skipped.add()
    if (!this.#skipped.isFull('links')) this.#skipped.tell('links', issues())
  }
}
