import { through } from '../pacing/pace.js'
import type { EntryFormat } from './format.js'
import { isoInstant } from './iso-instant.js'

const COLUMNS = ['value', 'scope', 'remediation', 'reason', 'origin', 'expiresAt'] as const

/**
 * RFC 4180. Every cell is quoted, so that neither a comma nor the semicolon of other locales begins
 * another.
 */
export const csv: EntryFormat = {
  takes: 'entries',
  saysRemediation: true,
  hasOtherScopes: true,
  *write(entries) {
    yield record(COLUMNS)
    yield* through(entries, ({ value, scope, remediation, reason, origin, expiresAt }) => [
      record([value, scope, remediation, reason, origin, isoInstant(expiresAt)]),
    ])
  },
}

const record = (cells: readonly string[]) => `${cells.map(cell).join(',')}\r\n`

/** What a spreadsheet takes for a formula, full-width forms and leading space included. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u

function cell(text: string): string {
  const inert = FORMULA.test(text) ? `'${text}` : text
  return `"${inert.replaceAll('"', '""')}"`
}
