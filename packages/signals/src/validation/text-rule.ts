/**
 * Says which rule a value breaks because it is no text, or text with U+0000 or a lone surrogate, on
 * which stores and JSON readers disagree; `undefined` if it breaks none.
 */
export function textRule(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be text'
  return value.isWellFormed() && !value.includes('\0') ? undefined : 'must not contain U+0000 or a lone surrogate'
}
