import { parseTimestamp } from '@cscapi/client'
import type { LogEvent } from './log-event.js'

/** endlessh holds whoever connects; nobody connects for a good reason. */
const ENDLESSH = /^(?<time>\d{4}-\d{2}-\d{2}T\S+) ACCEPT host=(?<address>[0-9a-fA-F.:]+) port=\d+/
const SSHESAME =
  /^(?<date>\d{4}\/\d{2}\/\d{2}) (?<time>\d{2}:\d{2}:\d{2}) \[\[?(?<address>[0-9a-fA-F.:]+?)\]?:\d+\] (?<message>.*)$/
const LOGIN = /^authentication for user "(?<user>.*?)" with(?:out credentials| password)/
const COMMAND = /^\[channel \d+\] command "(?<command>.*)" requested$/

/** A connection to endlessh, or a login or a command at sshesame, whose times are read as UTC. */
export function readHoneypotLine(line: string): LogEvent | undefined {
  const tarpit = ENDLESSH.exec(line)?.groups
  if (tarpit !== undefined) return eventAt(tarpit.time, tarpit.address, 'tarpit-connection', '')
  const { date, time, address, message = '' } = SSHESAME.exec(line)?.groups ?? {}
  if (date === undefined) return undefined
  const iso = `${date.replaceAll('/', '-')}T${time}Z`
  const user = LOGIN.exec(message)?.groups?.user
  if (user !== undefined) return eventAt(iso, address, 'honeypot-login', user)
  const command = COMMAND.exec(message)?.groups?.command
  return command === undefined ? undefined : eventAt(iso, address, 'honeypot-command', command)
}

function eventAt(
  time: string | undefined,
  address: string | undefined,
  kind: LogEvent['kind'],
  target: string,
): LogEvent | undefined {
  const at = parseTimestamp(time ?? '')?.ms
  return at === undefined || address === undefined ? undefined : { kind, address, at, target }
}
