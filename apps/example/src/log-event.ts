import { readHoneypotLine } from './honeypot-log.js'
import { readAccessLine } from './readers/access-log.js'
import { readApacheErrorLine } from './readers/apache-error-log.js'
import { readNginxErrorLine } from './readers/nginx-error-log.js'
import type { ZoneOption } from './readers/web-event.js'
import { readSshdLine } from './sshd-log.js'

/** What one log line tells about one address. */
export interface LogEvent {
  readonly address: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly kind:
    | 'ssh-login'
    | 'ssh-negotiation'
    | 'ssh-broken-off'
    | 'ssh-refused'
    | 'tarpit-connection'
    | 'honeypot-login'
    | 'honeypot-command'
    | 'http-request'
    | 'http-login'
  /** What was attacked: a user name, a command, or method and path; empty where it was only the port. */
  readonly target: string
  readonly status?: number
  readonly userAgent?: string
}

/** Which of the two machines sees such a thing. */
export function sensorOf({ kind }: Pick<LogEvent, 'kind'>): 'ssh' | 'web' {
  return kind === 'http-request' || kind === 'http-login' ? 'web' : 'ssh'
}

/** The event of a line of a log that is understood, whichever it is; `undefined` when it tells of none. */
export function readLine(line: string, now: number, zone?: ZoneOption): LogEvent | undefined {
  return (
    readSshdLine(line, now) ??
    readAccessLine(line) ??
    readNginxErrorLine(line, zone) ??
    readApacheErrorLine(line, zone) ??
    readHoneypotLine(line)
  )
}
