import { HeldEvents } from './held-events.js'
import { readHoneypotLine, readHoneypotRecord } from './honeypot-log.js'
import { readJournalFrame } from './journal-frame.js'
import type { LogEvent, ReadContext } from './log-event.js'
import { LOGIN_GRACE_MS } from './sshd-attempts.js'
import { isOfSshd, SshdReader, tellsOfAttempt } from './sshd-reader.js'
import { readSyslogFrame, type SyslogRecord } from './syslog-frame.js'
import { type Ahead, isAhead, notAhead } from './time-ahead.js'

/** The old syslog daemon's way to say that its own line before came again. */
const AGAIN =
  /^(?:<\d{1,3}>)?[A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2} (?:(?<host>\S+) )?last message repeated (?<times>\d{1,9}) times?$/

/**
 * Reads the logs of sshd and of SSH honeypots, line after line. Events come in the order of the
 * lines, two minutes later than their line: a login that succeeds takes back what its connection
 * failed before.
 */
export class SshLogReader {
  readonly #held = new HeldEvents(LOGIN_GRACE_MS)
  readonly #sshd = new SshdReader(this.#held)
  #last: SyslogRecord | undefined
  #clock = 0

  /** Connections that had to be forgotten while they may still have been open. */
  get dropped(): number {
    return this.#sshd.dropped
  }

  /** No event that is still to come happened before, as long as the log is in order. */
  get settledAt(): number {
    return this.#held.firstAt ?? this.#clock
  }

  /**
   * `undefined` if no program that is known here wrote the line. `'ambiguous'` if it can be read in
   * two ways or names no address, or an event that is ahead of our clock: neither is told.
   */
  read(line: string, lineNumber: number, context: ReadContext): 'read' | 'ambiguous' | Ahead | undefined {
    const again = this.#timesAgain(line)
    const record = again === undefined ? (readJournalFrame(line) ?? readSyslogFrame(line, context)) : this.#last
    this.#last = undefined
    if (record !== undefined && isOfSshd(record)) return this.#readSshd(record, lineNumber, context, Number(again ?? 1))
    const found = record === undefined ? readHoneypotLine(line, context) : readHoneypotRecord(record)
    if (found === undefined) return undefined
    if (found === 'nothing') return 'read'
    const event = notAhead(found, context)
    if (isAhead(event)) return event
    this.#clock = event.at
    this.#held.add({ ...event, line: lineNumber })
    return 'read'
  }

  /** Of another host's line nobody can tell which one came again. */
  #timesAgain(line: string): string | undefined {
    const { host = '', times } = (this.#last && AGAIN.exec(line)?.groups) ?? {}
    return host === this.#last?.host ? times : undefined
  }

  /** The events that can no longer be taken back. */
  take(): LogEvent[] {
    return this.#held.takeDue(this.#clock)
  }

  /** The log is over: all that is left. */
  end(): LogEvent[] {
    return this.#held.takeAll()
  }

  #readSshd(
    given: SyslogRecord,
    lineNumber: number,
    context: ReadContext,
    repeats: number,
  ): 'read' | 'ambiguous' | Ahead {
    const record = notAhead(given, context)
    if (isAhead(record)) return tellsOfAttempt(given) ? record : 'read'
    this.#clock = record.at
    this.#last = record
    return this.#sshd.read(record, lineNumber, repeats) ? 'read' : 'ambiguous'
  }
}
