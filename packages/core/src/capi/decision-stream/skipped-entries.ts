import { type InputIssue, issuesOfSchema } from '@cscapi/signals'
import type { ZodType } from 'zod'

const MOST_TOLD = 100

/** What of an answer could not be read: counted, and what is wrong with the first of it. */
export class SkippedEntries {
  readonly #ofLinks: InputIssue[] = []
  readonly #ofEntries: InputIssue[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  /** Those of links come first: a link that is missing here would look like a list that is gone. */
  get issues(): readonly InputIssue[] {
    return [...this.#ofLinks, ...this.#ofEntries].slice(0, MOST_TOLD)
  }

  /** Tells whether {@link tell} would be in vain, and need not be asked for what it costs. */
  isFull(part: string): boolean {
    return this.#of(part).length >= MOST_TOLD
  }

  add(count = 1): void {
    this.#count += count
  }

  /** @param part the first word of the path */
  tell(part: string, issues: readonly InputIssue[]): void {
    const told = this.#of(part)
    told.push(...issues.slice(0, MOST_TOLD - told.length))
  }

  #of(part: string): InputIssue[] {
    return part === 'links' ? this.#ofLinks : this.#ofEntries
  }
}

/** Tells what is wrong with a value, as `path` names it. */
export function issuesAt(path: string, schema: ZodType, value: unknown): readonly InputIssue[] {
  return issuesOfSchema(schema, value, { root: path }) ?? []
}
