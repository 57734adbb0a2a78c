/** What no store and no JSON reader agrees on. With the `u` flag, only a lone surrogate is one. */
const UNSTORABLE = /[\0\p{Surrogate}]/u

/**
 * The rule that a value breaks because it is no text, or text with U+0000 or a lone surrogate;
 * `undefined` if it breaks none.
 */
export function textRule(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be text'
  return UNSTORABLE.test(value) ? 'must not contain U+0000 or a lone surrogate' : undefined
}
