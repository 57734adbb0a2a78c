import { oneLine } from '@cscapi/signals'

const MAX_BYTES = 1_024
/** More of a text from outside is not looked at. */
export const MAX_CHARACTERS = 8_192
const REDACTED = '[redacted]'

/**
 * Makes text from outside safe to print: no control characters, at most 1 KiB, and `[redacted]`
 * where it repeats a part of one of the secrets.
 */
export function printableText(text: string, secrets: readonly string[] = []): string {
  const clean = oneLine(withoutSecrets(text.slice(0, MAX_CHARACTERS), secrets)).trim()
  const bytes = Buffer.from(clean, 'utf8')
  return bytes.length <= MAX_BYTES
    ? clean
    : `${bytes
        .subarray(0, MAX_BYTES - 3)
        .toString('utf8')
        .replace(/\uFFFD+$/, '')}…`
}

/** A part of a secret that is shorter tells little, and may be anything. */
const PART = 9
/** Small letters alone may be a word that the secret happens to hold, up to here. */
const WORD = 14

/**
 * Takes secrets out. Servers in debug mode, and proxies, repeat what they were sent: as it was,
 * escaped, encoded, or cut.
 */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  if (text === '') return text
  const given = secrets.filter((secret) => secret !== '')
  const plain = given.filter(({ length }) => length < PART).reduce((so, one) => so.replaceAll(one, REDACTED), text)
  const forms = given.flatMap(formsOf)
  const parts = new Set(forms.flatMap((form) => partsOf(form, PART).filter((part) => !/^[a-z]+$/.test(part))))
  const words = new Set(forms.flatMap((form) => partsOf(form, WORD)))
  let shown = ''
  let hiddenUntil = 0
  for (let at = 0; at < plain.length; at += 1) {
    const hidden = words.has(plain.slice(at, at + WORD)) ? WORD : parts.has(plain.slice(at, at + PART)) ? PART : 0
    if (hidden > 0 && at >= hiddenUntil) shown += REDACTED
    if (hidden > 0) hiddenUntil = Math.max(hiddenUntil, at + hidden)
    if (at >= hiddenUntil) shown += plain.charAt(at)
  }
  return shown
}

/**
 * Writes a secret as a server may repeat it. Base64 differs where one or two bytes stand before it.
 */
function formsOf(secret: string): string[] {
  const encoded = ['', 'x', 'xx'].map((before) => {
    const sure = Math.ceil((before.length * 4) / 3)
    return Buffer.from(before + secret)
      .toString('base64url')
      .slice(sure === 0 ? 0 : sure + 1)
  })
  const standard = encoded.map((form) => form.replaceAll('-', '+').replaceAll('_', '/'))
  const escaped = [encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)]
  return [...new Set([secret, ...escaped, ...encoded, ...standard, Buffer.from(secret).toString('hex')])]
}

function partsOf(form: string, length: number): string[] {
  return Array.from({ length: Math.max(form.length - length + 1, 0) }, (_, at) => form.slice(at, at + length))
}
