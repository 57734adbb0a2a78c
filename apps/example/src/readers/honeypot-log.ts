import { parseAddress } from '@cscapi/signals'
import { epochOf } from './local-time.js'
import type { LogEvent, ReadContext } from './log-event.js'
import { ownCopy } from './own-copy.js'
import type { SyslogRecord } from './syslog-frame.js'
import { syslogTime } from './syslog-time.js'

/** What a line of a honeypot tells; most tell of nothing. */
export type HoneypotLine = LogEvent | 'nothing'

/** endlessh holds whoever connects; nobody connects for a good reason. */
const ENDLESSH = /^ACCEPT host=(?<address>[0-9a-fA-F.:]+) port=\d+ fd=\d+ n=\d+\/\d+$/
const ENDLESSH_TIME =
  /^(?<time>\d{4}-\d{2}-\d{2}T[\d:.]+Z) (?<message>(?:ACCEPT|CLOSE|TOTALS|Port|Delay|MaxLineLength|MaxClients|BindFamily) .*)$/
const SSHESAME_TIME = /^(?<year>\d{4})\/(?<month>\d{2})\/(?<day>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) (?<message>\[.*)$/s
const SSHESAME = /^\[(?:\[(?<six>[0-9a-fA-F.:]+)\]|(?<four>[0-9.]+)):\d{1,5}\] (?<message>.*)$/s
const QUOTED = '"(?<text>(?:[^"\\\\]|\\\\.)*)"'
const LOGIN = new RegExp(`^authentication for user ${QUOTED} with(?:out credentials| password)`, 's')
const COMMAND = new RegExp(`^\\[channel \\d+\\] command ${QUOTED} requested$`, 's')

/**
 * A connection to endlessh, or a login or a command at sshesame, as they write it by themselves.
 * sshesame's times have no zone.
 */
export function readHoneypotLine(line: string, context: ReadContext): HoneypotLine | undefined {
  const tarpit = ENDLESSH_TIME.exec(line)?.groups
  if (tarpit !== undefined) return endlesshEvent(tarpit.message, syslogTime(tarpit.time ?? '', context))
  const { year = '', month = '', day = '', time = '', message } = SSHESAME_TIME.exec(line)?.groups ?? {}
  if (message === undefined) return undefined
  return sshesameEvent(message, epochOf({ year, month, day, time }, context))
}

/** The same from syslog, which gives them its own time. */
export function readHoneypotRecord({ program, message, at }: SyslogRecord): HoneypotLine | undefined {
  if (program === 'endlessh') return endlesshEvent(message, at)
  return program === 'sshesame' ? sshesameEvent(SSHESAME_TIME.exec(message)?.groups?.message ?? message, at) : undefined
}

function endlesshEvent(message = '', at: number | undefined): HoneypotLine {
  return eventOf('tarpit-connection', ENDLESSH.exec(message)?.groups?.address, at, '')
}

function sshesameEvent(text: string, at: number | undefined): HoneypotLine | undefined {
  const peer = SSHESAME.exec(text)?.groups
  if (peer === undefined) return undefined
  const { six, four, message = '' } = peer
  const user = LOGIN.exec(message)?.groups?.text
  if (user !== undefined) return eventOf('honeypot-login', six ?? four, at, user)
  const command = COMMAND.exec(message)?.groups?.text
  return command === undefined ? 'nothing' : eventOf('honeypot-command', six ?? four, at, command)
}

function eventOf(
  kind: LogEvent['kind'],
  text: string | undefined,
  at: number | undefined,
  target: string,
): HoneypotLine {
  const address = parseAddress(text ?? '')
  if (at === undefined || address?.scope !== 'Ip') return 'nothing'
  return { kind, address: address.value, at, target: ownCopy(target) }
}
