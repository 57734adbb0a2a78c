/** Decodes a part of a URL, or says that it cannot be. */
export function decoded(text: string, what: string, broken: string[]): string {
  try {
    const plain = decodeURIComponent(text)
    if (plain.includes('\0')) broken.push(`must have no U+0000 in its ${what}`)
    return plain
  } catch {
    broken.push(`must have a ${what} whose percent-encoding is right: a % alone is written %25`)
    return text
  }
}
