import { parseTimestamp } from '@cscapi/client'
import type { LogEvent } from './log-event.js'

/**
 * Common and combined format of nginx and Apache, also behind a syslog header or Apache's name of the virtual host.
 * Anchored, so that nobody can write a line of his own into the middle of another one.
 */
const LINE =
  /^(?:(?:[A-Z][a-z]{2} +\d{1,2} [\d:]{8}|\d{4}-\d{2}-\d{2}T\S+) \S+ \S+: )?(?:\S+:\d+ )?(?<address>[0-9a-fA-F]*[.:][0-9a-fA-F.:]+) \S+ .{1,100}? ?\[(?<day>\d{2})\/(?<month>[A-Z][a-z]{2})\/(?<year>\d{4}):(?<time>\d{2}:\d{2}:\d{2}) (?<zone>[+-]\d{4})\] "(?<request>(?:[^"\\]|\\.)*)" (?<status>\d{3})(?: \S+ "(?:[^"\\]|\\.)*" "(?<userAgent>(?:[^"\\]|\\.)*)")?/

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export function readAccessLine(line: string): LogEvent | undefined {
  const groups = LINE.exec(line)?.groups
  if (groups === undefined) return undefined
  const { address = '', day, month = '', year, time, zone, request = '', status, userAgent = '-' } = groups
  const monthNumber = String(MONTHS.indexOf(month) + 1).padStart(2, '0')
  const at = parseTimestamp(`${year}-${monthNumber}-${day}T${time}${zone}`)?.ms
  if (at === undefined) return undefined
  return {
    kind: 'http-request',
    address,
    at,
    target: request.replace(/ HTTP\/[\d.]+$/, ''),
    status: Number(status),
    ...(userAgent !== '-' && { userAgent }),
  }
}
