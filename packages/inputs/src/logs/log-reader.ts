import { LONGEST_LINE } from '../lines/log-lines.js'
import type { LogEvent } from './log-event.js'
import { SshLogReader } from './sshd/ssh-log.js'
import { notAhead, whyAhead } from './time-ahead.js'
import type { TimeContext } from './time-context.js'
import { readAccessLine } from './web/access-log.js'
import { readApacheErrorLine } from './web/apache-error-log.js'
import { readNginxErrorLine } from './web/nginx-error-log.js'

/** Readers of web servers' logs: one line, one event. */
const WEB_READERS: readonly ((line: string, context: TimeContext) => LogEvent | undefined)[] = [
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

/**
 * Reads a log of sshd, of a web server, of endlessh or sshesame, whichever it is, line after line:
 * for programs that count events by rules of their own.
 */
export class LogReader {
  readonly #ssh = new SshLogReader()
  #lines = 0

  /** Connections to sshd that had to be forgotten while they may still have been open. */
  get dropped(): number {
    return this.#ssh.dropped
  }

  /** No event of an SSH sensor that is still to come happened before. */
  get settledAt(): number {
    return this.#ssh.settledAt
  }

  /** Takes the next line, and returns what is certain then. */
  read(line: string, context: TimeContext): LineReading {
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
      const ahead = whyAhead(found.at, context)
      if (ahead !== undefined) return { isOfUse: true, ...ahead, events: [] }
      return { isOfUse: true, events: [{ ...notAhead(found, context.now), line: this.#lines }] }
    }
    return { isOfUse: false, events: [] }
  }

  /** The log is over: the events that were not certain yet. */
  end(): LogEvent[] {
    return this.#ssh.end()
  }
}
