/** Enough for a name, and far below what the shortest line buffer of the readers takes. */
const LONGEST = 200

/** A comment line, whatever the text: only printable ASCII, and no backslash at its end, with which some readers join the next line on. */
export function comment(text: string): string {
  const plain = text.replace(
    /[^\x20-\x5b\x5d-\x7e]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  )
  return `# ${plain.length > LONGEST ? `${plain.slice(0, LONGEST)}...` : plain}\n`
}
