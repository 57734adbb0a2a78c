import { CLOCK_NOISE_MS } from '@cscapi/storage'

/**
 * SQL that says whether the moment in `column` was written under a clock that has been put back
 * since.
 */
export const isAhead = (column: string, now: string) => `${column} > ${now} + ${CLOCK_NOISE_MS}`

/**
 * SQL for when a failing machine may be tried: at once when a clock that was ahead says otherwise.
 */
export const failingUntil = (now: string) => `CASE WHEN ${isAhead('failing_put_at', now)} THEN 0 ELSE failing_until END`
