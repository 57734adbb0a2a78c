// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no text has
const NO_TEXT = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\ufffd]/g
const LOOKED_AT = 4_096

/**
 * Whether a line is no text: it has a zero, or a tenth of it is control characters and what is no
 * UTF-8.
 */
export function isBinary(line: string): boolean {
  const start = line.slice(0, LOOKED_AT)
  return start.includes('\0') || (start.match(NO_TEXT)?.length ?? 0) * 10 > start.length
}
