/**
 * Gives a short text apart from the piece of the log it was cut from, which it would keep in
 * memory.
 */
export function ownCopy(text: string, length = 200): string {
  return Buffer.from(text.slice(0, length)).toString()
}
