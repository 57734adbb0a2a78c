import type { ZoneOption } from './web-event.js'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A date and time as a log has them, without a zone. */
export interface WallClock {
  readonly year: string
  /** `11` or `Nov`. */
  readonly month: string
  readonly day: string
  /** `01:02:03`, with or without a fraction. */
  readonly time: string
}

/**
 * Epoch milliseconds; `undefined` when there is no such day or time. An hour that the end of summer
 * time repeats is read as its first run, so that nothing is dated too late.
 */
export function epochOf({ year, month, day, time }: WallClock, { utc = false }: ZoneOption = {}): number | undefined {
  const [hour = 0, minute = 0, second = 0] = time.split(':').map((part) => Math.floor(Number(part)))
  const milliseconds = Math.floor(Number(`0.${time.split('.')[1] ?? '0'}`) * 1_000)
  const fields = [Number(year), monthIndex(month), Number(day), hour, minute, second, milliseconds] as const
  const date = new Date(Date.UTC(...fields))
  // What does not exist rolls over: 31 November, 24:00, and years before 100.
  const isSame =
    date.getUTCFullYear() === fields[0] &&
    date.getUTCMonth() === fields[1] &&
    date.getUTCDate() === fields[2] &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second
  if (!isSame) return undefined
  return utc ? date.getTime() : new Date(...fields).getTime()
}

function monthIndex(month: string): number {
  return /^\d+$/.test(month) ? Number(month) - 1 : MONTHS.indexOf(month)
}
