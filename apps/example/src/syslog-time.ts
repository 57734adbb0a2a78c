const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** A clock that runs a little ahead of ours is not last year. */
const TOLERANCE_MS = 24 * 3_600_000

/** Epoch milliseconds of `Feb 12 14:10:21`, which has no year: the latest one that is not in the future. Read as UTC. */
export function syslogTime(text: string, now: number): number | undefined {
  const match = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2})$/.exec(text)
  const month = MONTHS.indexOf(match?.[1] ?? '')
  if (match === null || month < 0) return undefined
  const [day, hour, minute, second] = match.slice(2).map(Number)
  const thisYear = new Date(now).getUTCFullYear()
  // 29 February may be up to eight years back.
  for (let year = thisYear + 1; year > thisYear - 9; year -= 1) {
    const date = new Date(Date.UTC(year, month, day, hour, minute, second))
    if (date.getUTCDate() === day && date.getTime() <= now + TOLERANCE_MS) return date.getTime()
  }
  return undefined
}
