import { type InputIssue, printable } from '@cscapi/signals'

const MOST_TOLD = 100

/** What a change did. */
export interface ApplyReport {
  /** Entries that are in force now and were not, or that got another expiry. */
  readonly added: number
  /** Entries that were taken out. */
  readonly removed: number
  /** The first 100 entries that were passed over, with the rule that each breaks. */
  readonly skipped: readonly InputIssue[]
  /** Entries that were passed over, those beyond `skipped` included. */
  readonly skippedCount: number
}

/**
 * Entries that are passed over: a bad one spoils nothing. All are counted, and the first 100 kept.
 */
export class Skipped {
  readonly #issues: InputIssue[] = []
  #count = 0

  add(path: string, value: unknown, rule: string): void {
    this.#count += 1
    if (this.#issues.length < MOST_TOLD) this.#issues.push({ path, value: printable(value), rule })
  }

  get issues(): readonly InputIssue[] {
    return this.#issues
  }

  report(added: number, removed: number): ApplyReport {
    return { added, removed, skipped: this.#issues, skippedCount: this.#count }
  }
}
