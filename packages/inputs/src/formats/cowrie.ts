import { createHash } from 'node:crypto'
import { lazily, parseTimestamp } from '@cscapi/signals'
import * as z from 'zod'
import { ONE_EVENT } from '../attacks/attack-rule.js'
import { undatedFrame } from '../logs/syslog-frame.js'
import { CowrieSessions } from './cowrie-sessions.js'
import type { AttackEvent, FormatReader, InputFormat, ReadContext, Reading } from './format.js'
import { readJsonRecord, text } from './json-record.js'
import { LOGINS, SSH_LOGINS } from './login-rules.js'

const recordSchema = lazily(() =>
  z.object({
    eventid: z.string(),
    timestamp: text(),
    session: text(),
    src_ip: text(),
    protocol: text(),
    dst_port: text(),
    username: text(),
    password: text(),
    input: text(),
    url: text(),
    shasum: text(),
    version: text(),
    hassh: text(),
    cve: text(),
  }),
)
type CowrieRecord = z.output<ReturnType<typeof recordSchema>>

/** What was done, by the event that tells of it; every other event is none of an attack. */
const ATTACKS: ReadonlyMap<string, 'login' | 'command'> = new Map([
  ['cowrie.login.failed', 'login'],
  ['cowrie.login.success', 'login'],
  ['cowrie.command.input', 'command'],
  // Whether it was found: all that some old logs have, and said a second time elsewhere.
  ['cowrie.command.success', 'command'],
  ['cowrie.command.failed', 'command'],
  ['cowrie.session.file_download', 'command'],
  ['cowrie.session.file_upload', 'command'],
  ['cowrie.direct-tcpip.request', 'command'],
  ['cowrie.tunnelproxy-tcpip.data', 'command'],
  ['cowrie.telnet.exploit_attempt', 'command'],
])

/** The text log: continued lines are indented, so nobody else can begin one like this. */
const CONNECTION =
  /^(?<time>\S+) \[cowrie\.(?:ssh|telnet)\.factory\.(?:Cowrie|HoneyPot)(?<service>SSH|Telnet)Factory\] New connection: (?<address>[0-9a-fA-F.:]+):\d{1,5} \([0-9a-fA-F.:]+:\d{1,5}\) \[session: \w+\]$/

/**
 * Logins, commands, transfers and forwarding requests at Cowrie, from its JSON log; of its text
 * log, also through syslog, connections.
 */
export const cowrie: InputFormat = {
  longestLine: 524_288,
  attacks: {
    'ssh-login': SSH_LOGINS,
    'ssh-connection': { scenario: 'crowdsecurity/ssh-bf', ...LOGINS },
    'telnet-login': { scenario: 'crowdsecurity/telnet-bf', ...LOGINS },
    'telnet-connection': { scenario: 'crowdsecurity/telnet-bf', ...LOGINS },
    command: { scenario: 'thespad/sshesame-cmd', ...ONE_EVENT, distinct: true },
  },
  open: (context, saved) => new CowrieReader(context, saved),
}

class CowrieReader implements FormatReader {
  readonly #context: ReadContext
  readonly #sessions: CowrieSessions

  constructor(context: ReadContext, saved: unknown) {
    this.#context = context
    this.#sessions = new CowrieSessions(saved)
  }

  read(line: string): readonly Reading[] | undefined {
    if (!line.startsWith('{')) return readTextLine(line)
    const record = readJsonRecord(line, recordSchema())
    if (typeof record === 'string') return [{ refused: record }]
    const at = parseTimestamp(record.timestamp ?? '')?.ms
    const { session = '', eventid } = record
    if (at !== undefined && session !== '') this.#follow(record, session, at)
    const kind = ATTACKS.get(eventid)
    if (kind === undefined) return []
    if (at === undefined) return [{ refused: 'its timestamp is none' }]
    return [{ event: this.#event(record, kind, at) }]
  }

  save(): unknown {
    return this.#sessions.save()
  }

  #follow({ eventid, protocol, dst_port, version, hassh }: CowrieRecord, session: string, at: number): void {
    if (eventid === 'cowrie.session.connect') {
      this.#sessions.tell(session, at, { protocol: protocol ?? protocolOf(dst_port) })
    }
    if (eventid === 'cowrie.client.version') this.#sessions.tell(session, at, { version })
    if (eventid === 'cowrie.client.kex') this.#sessions.tell(session, at, { hassh })
    if (eventid === 'cowrie.session.closed') this.#sessions.end(session)
  }

  #event(record: CowrieRecord, kind: 'login' | 'command', at: number): AttackEvent {
    const { eventid, session = '', src_ip = '', username, password, input, url, shasum, cve } = record
    const known = this.#sessions.get(session, at)
    const service = record.protocol ?? known?.protocol ?? 'ssh'
    const { include } = this.#context
    return {
      attack: kind === 'command' ? 'command' : service === 'telnet' ? 'telnet-login' : 'ssh-login',
      ...{ address: src_ip, at, ...(kind === 'command' && { distinct: digest(session, input ?? url ?? eventid) }) },
      details: {
        ...{ service, target_user: username, user_agent: known?.version, hassh: known?.hassh, cve, shasum },
        ...(include.has('passwords') && { password }),
        ...(include.has('commands') && { command: input, url }),
      },
    }
  }
}

/** A command may hold a password, and what was counted is saved. */
function digest(...texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('base64url').slice(0, 16)
}

function protocolOf(port: string | undefined): string | undefined {
  return port === '23' || port === '2223' ? 'telnet' : undefined
}

function readTextLine(line: string): readonly Reading[] | undefined {
  const frame = undatedFrame(line)
  if (frame !== undefined && frame.program !== 'cowrie') return undefined
  const found = CONNECTION.exec(frame?.message ?? line)?.groups
  if (found === undefined) return undefined
  const { time = '', service = '', address = '' } = found
  const at = parseTimestamp(time)?.ms
  if (at === undefined) return [{ refused: 'its time is none' }]
  const name = service === 'SSH' ? 'ssh' : 'telnet'
  return [{ event: { attack: `${name}-connection`, address, at, details: { service: name } } }]
}
