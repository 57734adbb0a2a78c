const MAX_BYTES = 1_024
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g

/** Text from outside, made safe to print: no control characters, at most 1 KiB, and `[redacted]` where it repeats one of the secrets. */
export function printableText(text: string, secrets: readonly string[] = []): string {
  const clean = secrets
    .filter((secret) => secret !== '')
    .reduce((so, secret) => so.replaceAll(secret, '[redacted]'), text)
    .toWellFormed()
    .replace(CONTROL, ' ')
    .trim()
  const bytes = Buffer.from(clean, 'utf8')
  return bytes.length <= MAX_BYTES
    ? clean
    : `${bytes
        .subarray(0, MAX_BYTES - 3)
        .toString('utf8')
        .replace(/\uFFFD+$/, '')}…`
}
