import { parseTimestamp } from '@cscapi/client'
import type { LogEvent } from './log-event.js'
import { syslogTime } from './syslog-time.js'

const LINE =
  /^(?<time>[A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2}|\d{4}-\d{2}-\d{2}T\S+) \S+ sshd(?:-session)?(?:\[\d+\])?: (?<message>.*)$/

const ADDRESS = '(?<address>[0-9a-fA-F.:]+)'
const LOGINS = [
  new RegExp(`^Invalid user (?<user>.*) from ${ADDRESS}(?: port \\d+)?`),
  new RegExp(`^Failed \\S+ for (?:invalid user )?(?<user>.*) from ${ADDRESS} port`),
  new RegExp(
    `^(?:Disconnected from|Connection closed by|Connection reset by|Disconnecting) (?:authenticating|invalid) user (?<user>.*) ${ADDRESS} port`,
  ),
  new RegExp(`^User (?<user>\\S+) from ${ADDRESS} not allowed`),
  new RegExp(`^(?:error: )?PAM: .*for (?:illegal user )?(?<user>\\S+) from ${ADDRESS}`),
]
const NEGOTIATIONS = [
  new RegExp(`^Unable to negotiate with ${ADDRESS} port`),
  new RegExp(`^(?:fatal: )?Timeout before authentication for ${ADDRESS}`),
  new RegExp(`^(?:Did not receive identification string from|Bad protocol version identification .* from) ${ADDRESS}`),
]

/** A failed login or a broken-off handshake. */
export function readSshdLine(line: string, now: number): LogEvent | undefined {
  const { time, message } = LINE.exec(line)?.groups ?? {}
  if (time === undefined || message === undefined) return undefined
  const at = /^\d/.test(time) ? parseTimestamp(time)?.ms : syslogTime(time, now)
  if (at === undefined) return undefined
  const login = firstMatch(LOGINS, message)
  if (login?.address !== undefined) return { kind: 'ssh-login', address: login.address, at, target: login.user ?? '' }
  const negotiation = firstMatch(NEGOTIATIONS, message)
  if (negotiation?.address !== undefined)
    return { kind: 'ssh-negotiation', address: negotiation.address, at, target: 'handshake' }
  return undefined
}

function firstMatch(patterns: readonly RegExp[], text: string): Record<string, string | undefined> | undefined {
  for (const pattern of patterns) {
    const groups = pattern.exec(text)?.groups
    if (groups !== undefined) return groups
  }
  return undefined
}
