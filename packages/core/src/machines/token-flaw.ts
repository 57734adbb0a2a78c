/** Servers in the field take no longer headers, in characters. */
const LONGEST = 16_384

/**
 * Tells what keeps a text from being sent as a bearer token; `undefined` when nothing does.
 * Every token is looked at before it is stored, and again before it is used: a store may hold what
 * another program wrote.
 */
export function tokenFlaw(token: string): string | undefined {
  if (typeof token !== 'string') return 'is no text'
  if (token === '') return 'is empty'
  if (token.length > LONGEST) return `is longer than ${LONGEST} characters`
  return /^[\x21-\x7e]+$/.test(token) ? undefined : 'holds characters that no header can carry'
}
