import { readAccessLine } from './readers/access-log.js'
import { readApacheErrorLine } from './readers/apache-error-log.js'
import type { LogEvent, ReadContext } from './readers/log-event.js'
import { LONGEST_LINE } from './readers/log-lines.js'
import { readNginxErrorLine } from './readers/nginx-error-log.js'
import { SshLogReader } from './readers/ssh-log.js'
import { isAhead, notAhead } from './readers/time-ahead.js'

export type { LogEvent, ReadContext } from './readers/log-event.js'

/** Readers of web servers' logs: one line, one event. */
const WEB_READERS: readonly ((line: string, context: ReadContext) => LogEvent | undefined)[] = [
  readAccessLine,
  readNginxErrorLine,
  readApacheErrorLine,
]

/** What became of a line. */
export interface LineReading {
  /** Whether it is a line of a log that is understood, even if it tells of no attack. */
  readonly isOfUse: boolean
  /** Why the event that it tells of cannot be told. */
  readonly refused?: string
  /** The events that are certain now, of this line or of earlier ones. */
  readonly events: readonly LogEvent[]
}

/** Which of the two machines sees such a thing. */
export function sensorOf({ kind }: Pick<LogEvent, 'kind'>): 'ssh' | 'web' {
  return kind === 'http-request' || kind === 'http-login' ? 'web' : 'ssh'
}

/** Reads a log that is understood, whichever it is, line after line. */
export class LogReader {
  readonly #ssh = new SshLogReader()
  #lines = 0

  get dropped(): number {
    return this.#ssh.dropped
  }

  /** No event of an SSH sensor that is still to come happened before. */
  get settledAt(): number {
    return this.#ssh.settledAt
  }

  read(line: string, context: ReadContext): LineReading {
    this.#lines += 1
    // Who cut it is no matter: what is missing may be what counts.
    if (line.length >= LONGEST_LINE) return { isOfUse: false, events: [] }
    const ssh = this.#ssh.read(line, this.#lines, context)
    if (ssh === 'read') return { isOfUse: true, events: this.#ssh.take() }
    if (ssh === 'ambiguous') return { isOfUse: false, events: [] }
    if (ssh !== undefined) return { isOfUse: true, refused: ssh.refused, events: [] }
    for (const read of WEB_READERS) {
      const found = read(line, context)
      if (found === undefined) continue
      const event = notAhead(found, context)
      if (isAhead(event)) return { isOfUse: true, refused: event.refused, events: [] }
      return { isOfUse: true, events: [{ ...event, line: this.#lines }] }
    }
    return { isOfUse: false, events: [] }
  }

  /** The log is over: the events that were not certain yet. */
  end(): LogEvent[] {
    return this.#ssh.end()
  }
}
