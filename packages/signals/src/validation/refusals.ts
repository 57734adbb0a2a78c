import type { InputIssue } from '../errors.js'
import type { KeyAliases } from '../options/suggest-key.js'
import { unknownKeyIssues } from '../options/unknown-keys.js'
import { printable } from '../printable/printable.js'

/** Takes down everything that is wrong with an input. */
export class Refusals {
  readonly issues: InputIssue[] = []

  /** Takes down one thing, where there is a rule that it breaks. */
  refuse(path: string, value: unknown, rule: string | undefined): void {
    if (rule !== undefined) this.issues.push({ path, value: printable(value), rule })
  }

  /** Takes down each own key that `known` does not have, whatever it holds. */
  refuseUnknownKeys(value: object, known: object, path = '', aliases?: KeyAliases): void {
    if (Object.keys(value).every((key) => Object.hasOwn(known, key))) return
    this.issues.push(...unknownKeyIssues(value, Object.keys(known), { path, aliases }))
  }
}
