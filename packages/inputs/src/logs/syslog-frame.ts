import { LONGEST_LINE } from '../lines/log-lines.js'
import { SYSLOG_TIME, syslogTime } from './syslog-time.js'
import type { TimeContext } from './time-context.js'

/** A line as a syslog daemon or the journal keeps it: who said what, and when. */
export interface SyslogRecord {
  /** Epoch milliseconds. */
  readonly at: number
  /** Empty where the line names none. */
  readonly host: string
  /** The program's own name, which nobody else can write there. */
  readonly program: string
  readonly pid: string | undefined
  readonly message: string
}

const PRIORITY = '(?:<\\d{1,3}>)?'
const FACILITY =
  '(?:kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|security|console|local[0-7])\\.(?:emerg|alert|crit|err|error|warn|warning|notice|info|debug)'
const PARAMETER = '[^\\s\\]="]+="(?:[^"\\\\\\]]|\\\\.)*"'
const STRUCTURED_DATA = `(?:-|(?:\\[[^\\s\\]="]+(?: ${PARAMETER})*\\])+)`

const RFC_5424 = new RegExp(
  `^${PRIORITY}1 (?<time>${SYSLOG_TIME}) (?<host>\\S+) (?<program>\\S+) (?<pid>\\S+) \\S+ ${STRUCTURED_DATA} \uFEFF?(?<message>.*)$`,
  's',
)
// A name with a colon behind it is a program, never a host: whoever is quoted by another program
// must not become the program.
const RFC_3164 = new RegExp(
  `^${PRIORITY}(?<time>${SYSLOG_TIME}) (?:<${FACILITY}> )?(?:(?<host>[^\\s[\\]]*[^\\s:[\\]]) )?(?:${FACILITY} )?(?<program>[^\\s:[\\]]+)(?:\\[(?<pid>\\d+)\\])?: (?:\\[ID \\d+ ${FACILITY}\\] )?(?<message>.*)$`,
  's',
)
/** What Kubernetes and `docker compose logs` write before each line of a container. */
const CONTAINER = /^(?:\d{4}-\d{2}-\d{2}T\S+ (?:stdout|stderr) F |[\w.-]+ +\| )/

/**
 * Reads a line of a syslog file in either RFC's form, of busybox, or of `journalctl` with one of
 * its one-line outputs.
 */
export function readSyslogFrame(line: string, context: TimeContext): SyslogRecord | undefined {
  const frame = undatedFrame(line)
  if (frame === undefined) return undefined
  const { time, ...record } = frame
  const at = syslogTime(time, context)
  return at === undefined ? undefined : { at, ...record }
}

/** The same of a line whose own time is of no interest, as the message has one. */
export function undatedFrame(line: string): (Omit<SyslogRecord, 'at'> & { readonly time: string }) | undefined {
  if (line.length >= LONGEST_LINE) return undefined
  const text = line.replace(CONTAINER, '')
  const groups = (RFC_5424.exec(text) ?? RFC_3164.exec(text))?.groups
  if (groups === undefined) return undefined
  const { time = '', host = '', program = '', pid, message = '' } = groups
  return { time, host, program, pid: pid === '-' ? undefined : pid, message }
}
