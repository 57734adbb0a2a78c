import type { LogEvent } from '../log-event.js'
import { readRecord } from '../read-record.js'
import type { SyslogRecord } from '../syslog-frame.js'
import { type Ahead, whyAhead } from '../time-ahead.js'
import type { TimeContext } from '../time-context.js'
import { HeldEvents } from './held-events.js'
import { readSavedSshd, type SavedSshd } from './saved-sshd.js'
import { LOGIN_GRACE_MS } from './sshd-attempts.js'
import { isOfSshd, SshdReader, tellsOfAttempt } from './sshd-reader.js'

/** The old syslog daemon's way to say that its own line before came again. */
const AGAIN =
  /^(?:<\d{1,3}>)?[A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2} (?:(?<host>\S+) )?last message repeated (?<times>\d{1,9}) times?$/

/**
 * Reads the log of sshd, line after line. Events come in the order of the lines, two minutes later
 * than their line: a login that succeeds takes back what its connection failed before.
 */
export class SshdLog {
  readonly #held = new HeldEvents(LOGIN_GRACE_MS)
  readonly #sshd: SshdReader
  #last: SyslogRecord | undefined
  #clock = 0

  /** @param saved what an earlier one saved, for the lines that follow */
  constructor(saved?: unknown) {
    const before = readSavedSshd(saved)
    this.#sshd = new SshdReader(this.#held, before)
    if (before === undefined) return
    this.#clock = before.clock
    this.#last = before.last ?? undefined
    for (const { event, connection } of before.held) this.#held.add(event, this.#sshd.connectionAt(connection))
  }

  /** Connections that had to be forgotten while they may still have been open. */
  get dropped(): number {
    return this.#sshd.dropped
  }

  /** No event that is still to come happened before, as long as the log is in order. */
  get settledAt(): number {
    return this.#held.firstAt ?? this.#clock
  }

  /**
   * `undefined` if sshd did not write the line. `'ambiguous'` if it can be read in two ways or
   * names no address, or an event that is ahead of our clock: neither is told.
   */
  read(line: string, lineNumber: number, context: TimeContext): 'read' | 'ambiguous' | Ahead | undefined {
    const again = this.#timesAgain(line)
    const record = again === undefined ? readRecord(line, context) : this.#last
    this.#last = undefined
    if (record === undefined || !isOfSshd(record)) return undefined
    return this.#readRecord(record, lineNumber, context, Number(again ?? 1))
  }

  /** Keeps an event of another reader back, so that it comes in the order of the lines. */
  hold(event: LogEvent): void {
    this.#clock = event.at
    this.#held.add(event)
  }

  /** Gives the events that can no longer be taken back. */
  take(): LogEvent[] {
    return this.#held.takeDue(this.#clock)
  }

  /**
   * The same where nothing that is still to come happened before `at`, though the log is silent.
   */
  advance(at: number): LogEvent[] {
    this.#clock = Math.max(this.#clock, at)
    return this.take()
  }

  /** The log is over: all that is left. */
  end(): LogEvent[] {
    return this.#held.takeAll()
  }

  save(): SavedSshd {
    const { placeOf, ...sshd } = this.#sshd.save()
    return { ...sshd, clock: this.#clock, last: this.#last ?? null, held: this.#held.save(placeOf) }
  }

  /** Of another host's line nobody can tell which one came again. */
  #timesAgain(line: string): string | undefined {
    const { host = '', times } = (this.#last && AGAIN.exec(line)?.groups) ?? {}
    return host === this.#last?.host ? times : undefined
  }

  #readRecord(
    record: SyslogRecord,
    lineNumber: number,
    context: TimeContext,
    repeats: number,
  ): 'read' | 'ambiguous' | Ahead {
    const ahead = whyAhead(record.at, context)
    if (ahead !== undefined) return tellsOfAttempt(record) ? ahead : 'read'
    this.#clock = record.at
    this.#last = record
    return this.#sshd.read(record, lineNumber, repeats) ? 'read' : 'ambiguous'
  }
}
