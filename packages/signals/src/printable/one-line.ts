const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu

/**
 * Puts text of others on one line that says nothing to a terminal and is read in the order in which
 * it stands: a blank for control characters, and for those that turn the direction.
 */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(BREAKS, ' ')
}
