/**
 * Text of others on one line: printable ASCII and no backslash, everything else written as `\u{…}`;
 * cut, with `...` behind it.
 */
export function plainText(text: string, longest = 200): string {
  const plain = text
    .slice(0, longest + 1)
    .replace(/[^\x20-\x5b\x5d-\x7e]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`)
  return plain.length > longest ? `${plain.slice(0, longest)}...` : plain
}
