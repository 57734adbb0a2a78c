import type { InputIssue } from '../errors.js'
import { type KeyAliases, suggestKey } from './suggest-key.js'

/**
 * Gives an issue for each own key of `value` that is not among the known ones, with the key that
 * was probably meant. A typo that passed in silence would switch sealing, a filter or a limit off.
 * The value of such a key is never shown: nobody knows what it holds.
 */
export function unknownKeyIssues(
  value: object,
  known: Iterable<string>,
  { path = '', aliases }: { path?: string; aliases?: KeyAliases | undefined } = {},
): InputIssue[] {
  const names = known instanceof Set ? known : new Set(known)
  return Object.keys(value)
    .filter((key) => !names.has(key))
    .map((key, index) => unknownKeyIssue(key, index < MOST_SUGGESTIONS ? names : [], path, aliases))
}

/**
 * Looking for what was meant costs; a typo is one of a few, and thousands of keys are something
 * else.
 */
export const MOST_SUGGESTIONS = 20

/** Gives the issue of one key that is not known at `path`. */
export function unknownKeyIssue(
  key: string,
  known: Iterable<string>,
  path: string,
  aliases: KeyAliases | undefined,
): InputIssue {
  const suggestion = suggestKey(key, known, aliases)
  const shown = key === '' ? '""' : JSON.stringify(key.length > 64 ? `${key.slice(0, 63)}…` : key).slice(1, -1)
  return {
    path: path === '' ? shown : `${path}.${shown}`,
    value: '[not shown]',
    rule: suggestion === undefined ? 'is not known here' : `is not known here; did you mean ${suggestion}?`,
  }
}
