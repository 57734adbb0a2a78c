import { through } from '../pacing/pace.js'
import type { EntryFormat } from './format.js'
import { isoInstant } from './iso-instant.js'

/** An {@link ActiveDecision} a line, its expiry as text. */
export const jsonLines: EntryFormat = {
  takes: 'entries',
  saysRemediation: true,
  hasOtherScopes: true,
  write: (entries) =>
    through(entries, ({ value, scope, remediation, reason, origin, expiresAt }) => [
      `${jsonLine({ value, scope, remediation, reason, origin, expiresAt: isoInstant(expiresAt) })}\n`,
    ]),
}

/**
 * Some readers take U+2028, U+2029 and U+0085, which JSON may hold as they are, for the end of a
 * line.
 */
export function jsonLine(value: object): string {
  return JSON.stringify(value).replace(
    /[\u0085\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
