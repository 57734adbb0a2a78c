import { CscapiError } from '@cscapi/signals'
import { PAGE_RULE } from './list-lines.js'
import { plainText } from './plain-text.js'

/**
 * The share of a list's lines, blank ones and comments not counted, of which at most so many may be
 * unreadable where the list had entries in force before. Beyond it the list is taken for something
 * else, a page or an error text, and what was there stays. A list without a single readable line is
 * refused in any case.
 */
export const MOST_UNREADABLE_LINES = 0.5

/**
 * Tells a list from a page, an error text or a format that is not known here. A line that is read
 * and then skipped, such as a private address, is readable.
 */
export class ReadableLines {
  readonly #list: string
  #readable = 0
  #unreadable = 0
  /** What begins as a page is one, whatever its other lines look like. */
  #isPage = false
  #first: { readonly number: number; readonly line: string; readonly rule: string } | undefined

  /** `list` is what errors call it. */
  constructor(list: string) {
    this.#list = list
  }

  addReadable(): void {
    this.#readable += 1
  }

  addUnreadable(index: number, line: string, rule: string): void {
    this.#isPage ||= rule === PAGE_RULE && this.#readable + this.#unreadable === 0
    this.#unreadable += 1
    this.#first ??= { number: index + 1, line: line.slice(0, 1_000), rule }
  }

  /** @throws CscapiError `list_unreadable` */
  check(hadEntries: boolean): void {
    if (this.#first === undefined) return
    const lines = this.#readable + this.#unreadable
    const isTooMuch =
      this.#isPage || this.#readable === 0 || (hadEntries && this.#unreadable > MOST_UNREADABLE_LINES * lines)
    if (!isTooMuch) return
    const { number, line, rule } = this.#first
    throw new CscapiError(
      'list_unreadable',
      `The ${this.#list} was not taken: ${this.#unreadable} of its ${lines} lines cannot be read; line ${number} ${rule}, and is "${plainText(line.trim())}"`,
    )
  }
}
