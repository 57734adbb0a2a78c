/**
 * Characters that show nothing and change what stands beside them: controls, bidi marks, zero
 * widths.
 */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Gives text of others with each character that cannot be seen as its code, `\u202e`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (unseen) =>
    unseen
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

/** Reads what the server says; whatever text is in it can be seen. */
export function parseVisible(json: string): unknown {
  return JSON.parse(json, (_key, value) => (typeof value === 'string' ? visible(value) : value))
}
