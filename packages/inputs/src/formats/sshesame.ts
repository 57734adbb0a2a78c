import { lazily, parseTimestamp } from '@cscapi/signals'
import * as z from 'zod'
import { ONE_EVENT } from '../attacks/attack-rule.js'
import { epochOf } from '../logs/local-time.js'
import { readRecord } from '../logs/read-record.js'
import type { InputFormat, ReadContext, Reading } from './format.js'
import { readJsonRecord, text } from './json-record.js'

const TIME = /^(?<year>\d{4})\/(?<month>\d{2})\/(?<day>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) (?<message>\[.*)$/s
const PEER = /^\[(?<peer>\[[0-9a-fA-F.:]+\]:\d{1,5}|[0-9.]+:\d{1,5})\] (?<message>.*)$/s
const QUOTED = '"(?<text>(?:[^"\\\\]|\\\\.)*)"'
const LOGIN = new RegExp(
  `^authentication for user ${QUOTED} with(?:out credentials| password| public key| keyboard interactive answers)`,
  's',
)
const COMMAND = new RegExp(`^\\[channel \\d+\\] command ${QUOTED} requested$`, 's')
const INPUT = new RegExp(`^\\[channel \\d+\\] input: ${QUOTED}$`, 's')

const recordSchema = lazily(() =>
  z.object({
    time: text(),
    event_type: z.string(),
    source: z.union([z.string(), z.object({ host: z.string(), port: text() })]),
    event: z.object({ user: text(), password: text(), command: text(), input: text() }).catch({}),
  }),
)

type Kind = 'login' | 'command' | 'input'

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['no_auth', 'login'],
  ['password_auth', 'login'],
  ['public_key_auth', 'login'],
  ['keyboard_interactive_auth', 'login'],
  ['exec', 'command'],
  ['session_input', 'input'],
  ['direct_tcpip_input', 'input'],
])

/** Logins, commands and typed input at sshesame, from its text or its JSON log. */
export const sshesame: InputFormat = {
  attacks: {
    login: { scenario: 'thespad/sshesame-bf', capacity: 3, leakMs: 1_800_000 },
    command: { scenario: 'thespad/sshesame-cmd', ...ONE_EVENT },
    input: { scenario: 'thespad/sshesame-input', capacity: 5, leakMs: 300_000 },
  },
  open: (context) => ({
    read: (line) => readSshesameText(line, context) ?? (line.startsWith('{') ? readJsonLine(line, context) : undefined),
  }),
}

type Context = Pick<ReadContext, 'now' | 'utc' | 'include'>

export function readSshesameText(line: string, context: Context): readonly Reading[] | undefined {
  const record = readRecord(line, context)
  if (record !== undefined && record.program !== 'sshesame') return undefined
  const text = record?.message ?? line
  const { year = '', month = '', day = '', time = '', message = text } = TIME.exec(text)?.groups ?? {}
  const at = record?.at ?? epochOf({ year, month, day, time }, context)
  const { peer = '', message: words } = PEER.exec(message)?.groups ?? {}
  if (words === undefined) return undefined
  const user = LOGIN.exec(words)?.groups?.text
  if (user !== undefined) return told('login', peer, at, { target_user: user })
  const commands = context.include.has('commands')
  const command = COMMAND.exec(words)?.groups?.text
  if (command !== undefined) return told('command', peer, at, commands ? { command } : {})
  const input = INPUT.exec(words)?.groups?.text
  return input === undefined ? [] : told('input', peer, at, commands ? { command: input } : {})
}

function readJsonLine(line: string, { include }: Context): readonly Reading[] {
  const record = readJsonRecord(line, recordSchema())
  if (typeof record === 'string') return [{ refused: record }]
  const { source, event } = record
  const kind = KINDS.get(record.event_type)
  if (kind === undefined) return []
  const peer = typeof source === 'string' ? source : `[${source.host}]:0`
  return told(kind, peer, parseTimestamp(record.time ?? '')?.ms, {
    target_user: event.user,
    ...(include.has('passwords') && { password: event.password }),
    ...(include.has('commands') && { command: event.command ?? event.input }),
  })
}

function told(
  attack: Kind,
  peer: string,
  at: number | undefined,
  details: Record<string, string | undefined>,
): readonly Reading[] {
  if (at === undefined) return [{ refused: 'it has no time: switch timestamps on' }]
  const address = peer.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')
  return [{ event: { attack, address, at, details: { service: 'ssh', ...details } } }]
}
