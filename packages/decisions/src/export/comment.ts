import { plainText } from '../lists/plain-text.js'

/**
 * A comment line, whatever the text. A backslash at its end would join the next line on in some
 * readers, so there is none; its length is far below what the shortest line buffer takes.
 */
export function comment(text: string): string {
  return `# ${plainText(text)}\n`
}
