import { parseTimestamp } from '@cscapi/signals'
import { monthNumber } from './local-time.js'

const TIME =
  /^(?<day>\d{2})\/(?<month>[A-Z][a-z]{2})\/(?<year>\d{4})[: ](?<time>\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?) (?<zone>[+-]\d{4})$/

/** Gives epoch milliseconds of `28/Nov/2026:00:41:14 +0000`, also with a fraction. */
export function apacheTime(text: string): number | undefined {
  const { year, month = '', day, time, zone } = TIME.exec(text)?.groups ?? {}
  if (year === undefined) return undefined
  return parseTimestamp(`${year}-${String(monthNumber(month)).padStart(2, '0')}-${day}T${time}${zone}`)?.ms
}
