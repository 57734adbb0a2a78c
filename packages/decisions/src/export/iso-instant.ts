/** 9999-12-31T23:59:59.999Z: the last one with a year of four digits, as RFC 3339 wants it. */
const LAST_MS = 253_402_300_799_999

/** Epoch milliseconds as RFC 3339 in UTC; what never ends, ends with the year 9999. */
export function isoInstant(ms: number): string {
  return new Date(Math.min(ms, LAST_MS)).toISOString()
}
