// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const BREAKS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g

/**
 * Puts text of others on one line that says nothing to a terminal: a blank for control characters.
 */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(BREAKS, ' ')
}
