import { CLOCK_NOISE_MS } from '@cscapi/storage'

/**
 * SQL that says whether the moment in `column` was written under a clock that has been put back
 * since.
 */
export const isAhead = (column: string, now = '@now') => `${column} > ${now} + ${CLOCK_NOISE_MS}`

/**
 * SQL for when a failing machine may be tried: at once when a clock that was ahead says otherwise.
 */
export const FAILING_UNTIL = `CASE WHEN ${isAhead('failing_put_at')} THEN 0 ELSE failing_until END`

/** SQL that says whether somebody holds the machine of this alias. */
export const isLeased = (machine: string) =>
  `(${machine}.lease_token IS NOT NULL AND ${machine}.lease_until > @now AND NOT ${isAhead(`${machine}.put_at`)})`
