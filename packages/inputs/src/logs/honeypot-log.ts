import { parseAddress } from '@cscapi/signals'
import { readEndlesshLine } from '../formats/endlessh.js'
import { readSshesameText } from '../formats/sshesame.js'
import type { LogEvent } from './log-event.js'
import type { TimeContext } from './time-context.js'

/** What a line of a honeypot tells; most tell of nothing. */
export type HoneypotLine = LogEvent | 'nothing'

const KINDS: ReadonlyMap<string, LogEvent['kind']> = new Map([
  ['connection', 'tarpit-connection'],
  ['login', 'honeypot-login'],
  ['command', 'honeypot-command'],
])

/** Reads a connection to endlessh, or a login or a command at sshesame. */
export function readHoneypotLine(line: string, { now, utc }: TimeContext): HoneypotLine | undefined {
  const context = { now, utc, include: new Set(['commands'] as const) }
  const readings = readEndlesshLine(line, context) ?? readSshesameText(line, context)
  if (readings === undefined) return undefined
  const [reading] = readings
  if (reading === undefined || !('event' in reading)) return 'nothing'
  const { attack, address, at, details = {} } = reading.event
  const kind = KINDS.get(attack)
  const peer = parseAddress(address)
  if (kind === undefined || peer?.scope !== 'Ip') return 'nothing'
  return { kind, address: peer.value, at, target: details.command ?? details.target_user ?? '' }
}
