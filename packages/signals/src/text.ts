/** What no store and no JSON reader agrees on. With the `u` flag, only a lone surrogate is one. */
const UNSTORABLE = /[\0\p{Surrogate}]/u

/** The rule that a text breaks because of U+0000 or a lone surrogate, or `undefined`. */
export function textRule(text: string): string | undefined {
  return UNSTORABLE.test(text) ? 'must not contain U+0000 or a lone surrogate' : undefined
}
