const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** How to read a log whose times have no zone. */
export interface ZoneOption {
  /** Its times are UTC. Default: false, the zone of this host. */
  readonly utc?: boolean
}

/** A date and time as a log has them, without a zone. */
export interface WallClock {
  readonly year: string
  /** `11` or `Nov`. */
  readonly month: string
  readonly day: string
  /** `01:02:03`, with or without a fraction behind a point or a comma. */
  readonly time: string
}

/**
 * Gives epoch milliseconds; `undefined` when there is no such day or time. An hour that the end of
 * summer time repeats is read as its first run, so that nothing is dated too late; one that its
 * beginning skips, as if it had not.
 */
export function epochOf({ year, month, day, time }: WallClock, { utc = false }: ZoneOption = {}): number | undefined {
  const [clock = '', fraction = ''] = time.split(/[.,]/)
  const [hour = 0, minute = 0, second = 0] = clock.split(':').map(Number)
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3))
  const fields = [Number(year), monthNumber(month) - 1, Number(day), hour, minute, second, milliseconds] as const
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

/** Gives 1 for `Jan` and for `01`; 0 for what is no month. */
export function monthNumber(month: string): number {
  return /^\d+$/.test(month) ? Number(month) : MONTHS.indexOf(month) + 1
}
