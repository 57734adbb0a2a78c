import { readHoneypotLine } from '../honeypot-log.js'
import type { LogEvent } from '../log-event.js'
import { type Ahead, notAhead, whyAhead } from '../time-ahead.js'
import type { TimeContext } from '../time-context.js'
import { SshdLog } from './sshd-log.js'

/** Reads the logs of sshd and of SSH honeypots, line after line; see {@link SshdLog}. */
export class SshLogReader {
  readonly #sshd = new SshdLog()
  #now = 0

  /** Connections that had to be forgotten while they may still have been open. */
  get dropped(): number {
    return this.#sshd.dropped
  }

  /** No event that is still to come happened before, as long as the log is in order. */
  get settledAt(): number {
    return this.#sshd.settledAt
  }

  /**
   * `undefined` if no program that is known here wrote the line. `'ambiguous'` if it can be read in
   * two ways or names no address, or an event that is ahead of our clock: neither is told.
   */
  read(line: string, lineNumber: number, context: TimeContext): 'read' | 'ambiguous' | Ahead | undefined {
    this.#now = context.now
    const ofSshd = this.#sshd.read(line, lineNumber, context)
    if (ofSshd !== undefined) return ofSshd
    const found = readHoneypotLine(line, context)
    if (found === undefined) return undefined
    if (found === 'nothing') return 'read'
    const ahead = whyAhead(found.at, context)
    if (ahead !== undefined) return ahead
    this.#sshd.hold({ ...found, line: lineNumber })
    return 'read'
  }

  /** Gives the events that can no longer be taken back. */
  take(): LogEvent[] {
    return this.#sshd.take().map((event) => notAhead(event, this.#now))
  }

  /** The log is over: all that is left. */
  end(): LogEvent[] {
    return this.#sshd.end().map((event) => notAhead(event, this.#now))
  }
}
