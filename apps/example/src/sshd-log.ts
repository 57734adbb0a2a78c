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
  new RegExp(`^(?:Did not receive identification string from|Bad protocol version identification .* from) ${ADDRESS}`),
  new RegExp(`^(?:error: )?(?:banner exchange|kex_exchange_identification): Connection from ${ADDRESS} port`),
  new RegExp(`^Magic value check failed \\(\\d+\\) on obfuscated handshake from ${ADDRESS} port`),
]
const BROKEN_OFF = [
  new RegExp(`^(?:fatal: )?Timeout before authentication for (?:connection from )?${ADDRESS}`),
  new RegExp(`^ssh_dispatch_run_fatal: Connection from ${ADDRESS} port`),
]
const REFUSED = [new RegExp(`^refused connect from .*\\(${ADDRESS}\\)$`)]

const READERS = [
  ['ssh-login', LOGINS],
  ['ssh-negotiation', NEGOTIATIONS],
  ['ssh-broken-off', BROKEN_OFF],
  ['ssh-refused', REFUSED],
] as const

/** A failed login or a broken-off handshake. What PAM says is passed over: sshd logs the same attempt itself. */
export function readSshdLine(line: string, now: number): LogEvent | undefined {
  const { time, message } = LINE.exec(line)?.groups ?? {}
  if (time === undefined || message === undefined) return undefined
  const at = /^\d/.test(time) ? parseTimestamp(time)?.ms : syslogTime(time, now)
  if (at === undefined) return undefined
  for (const [kind, patterns] of READERS) {
    const { address, user } = firstMatch(patterns, message) ?? {}
    if (address !== undefined) return { kind, address, at, target: user ?? '' }
  }
  return undefined
}

function firstMatch(patterns: readonly RegExp[], text: string): Record<string, string | undefined> | undefined {
  for (const pattern of patterns) {
    const groups = pattern.exec(text)?.groups
    if (groups !== undefined) return groups
  }
  return undefined
}
