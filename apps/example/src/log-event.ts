import { readAccessLine } from './access-log.js'
import { readSshdLine } from './sshd-log.js'

/** What one log line tells about one address. */
export interface LogEvent {
  readonly address: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly kind: 'ssh-login' | 'ssh-negotiation' | 'http-request'
  /** What was attacked: a user name, or method and path. */
  readonly target: string
  readonly status?: number
}

/** The event of a line of sshd's, nginx's or Apache's log; `undefined` when it tells of none. */
export function readLine(line: string, now: number): LogEvent | undefined {
  return readSshdLine(line, now) ?? readAccessLine(line)
}
