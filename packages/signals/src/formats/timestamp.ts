import { InputError } from '../errors.js'
import { printable } from '../printable/printable.js'

/** An instant with the sub-millisecond digits that a text may carry. */
export interface Timestamp {
  /** Epoch milliseconds, a whole number. */
  readonly ms: number
  /** 0 to 999,999: what comes after the milliseconds. */
  readonly ns: number
}

/**
 * An offset may be followed by the zone's name, which says nothing more; a name alone (`CET`) names
 * no one offset, and is refused.
 */
const TEXT =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9})\d*)?(?: ?([Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)(?: [+-]\d{2}(?:\d{2})?| [A-Z]{3,5})?(?: m=[+-][\d.]+)?)?$/

/**
 * Reads a `Date`, epoch milliseconds, or text in any form seen on pushed signals
 * (docs/capi-protocol.md, Names and formats): RFC 3339, a zone without colon (Python), Go's
 * `2020-11-28 10:20:46.842701127 +0100 +0100`. Text without a zone is UTC, and digits after the
 * ninth are cut off. `undefined` if it is no instant from year 1 to 9999.
 */
export function parseTimestamp(input: Date | string | number): Timestamp | undefined {
  if (typeof input === 'number') return inRange({ ms: Math.floor(input), ns: 0 })
  if (input instanceof Date) return inRange({ ms: input.getTime(), ns: 0 })
  if (typeof input !== 'string') return undefined
  const match = TEXT.exec(input)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match
  const fields = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const utc = utcMs(fields)
  const offsetMinutes = offsetOf(zone)
  if (utc === undefined || offsetMinutes === undefined) return undefined
  const nanoseconds = Number(fraction.padEnd(9, '0'))
  const ms = utc + Math.floor(nanoseconds / 1_000_000) - offsetMinutes * 60_000
  return inRange({ ms, ns: nanoseconds % 1_000_000 })
}

/**
 * Writes RFC 3339 in UTC with `Z`: milliseconds, and nine digits where there are finer ones.
 * @throws InputError
 */
export function formatTimestamp(timestamp: Timestamp): string {
  assertTimestamp('timestamp', timestamp)
  const { ms, ns } = timestamp
  const text = new Date(ms).toISOString()
  return ns === 0 ? text : `${text.slice(0, -1)}${String(ns).padStart(6, '0')}Z`
}

/** Negative when `a` is earlier. @throws InputError */
export function compareTimestamps(a: Timestamp, b: Timestamp): number {
  assertTimestamp('a', a)
  assertTimestamp('b', b)
  return a.ms - b.ms || a.ns - b.ns
}

function assertTimestamp(path: string, given: Timestamp): void {
  const isInstant = inRange({ ms: Number(given?.ms), ns: 0 }) !== undefined && Number.isInteger(given?.ns)
  if (isInstant && typeof given.ms === 'number') return
  const rule = 'must be an instant of the years 1 to 9999, as parseTimestamp gives it'
  throw new InputError('The time cannot be used', [{ path, value: printable(given), rule }])
}

function utcMs([year, month, day, hour, minute, second]: [number, number, number, number, number, number]):
  | number
  | undefined {
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  return date.setUTCHours(hour, minute, second, 0)
}

function offsetOf(zone: string): number | undefined {
  if (!/^[+-]/.test(zone)) return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3).replace(':', ''))
  if (hours > 23 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

/** 0001-01-01T00:00:00.000Z */
const FIRST_MS = -62_135_596_800_000
/** 9999-12-31T23:59:59.999Z */
const LAST_MS = 253_402_300_799_999

function inRange(timestamp: Timestamp): Timestamp | undefined {
  return timestamp.ms >= FIRST_MS && timestamp.ms <= LAST_MS ? timestamp : undefined
}
