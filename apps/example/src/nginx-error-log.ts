import { parseTimestamp } from '@cscapi/client'
import type { LogEvent } from './log-event.js'

const LINE =
  /^(?<date>\d{4}\/\d{2}\/\d{2}) (?<time>\d{2}:\d{2}:\d{2}) \[error\] \d+#\d+: \*\d+ user "(?<user>.*)"(?: was not found in ".*"|: password mismatch), client: (?<address>[0-9a-fA-F.:]+), /

/** A refused login in nginx's error log, whose time has no zone: read as UTC. */
export function readNginxErrorLine(line: string): LogEvent | undefined {
  const { date = '', time, user = '', address } = LINE.exec(line)?.groups ?? {}
  if (address === undefined) return undefined
  const at = parseTimestamp(`${date.replaceAll('/', '-')}T${time}Z`)?.ms
  return at === undefined ? undefined : { kind: 'http-login', address, at, target: user }
}
