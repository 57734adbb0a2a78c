import type { HeldEvents } from './held-events.js'
import { ownCopy } from './own-copy.js'
import { SshdAttempts } from './sshd-attempts.js'
import { readSshdMessage } from './sshd-message.js'
import type { SyslogRecord } from './syslog-frame.js'

const PROGRAM = /^sshd(?:-session|-auth)?$/
/** rsyslog's way to say that a line came again. */
const REPEATED = /^message repeated (?<times>\d{1,9}) times: \[ ?(?<message>.*)\]$/s

/** A client that goes away, or says nonsense, in place of what it is; its address comes a line later. */
const UNIDENTIFIED = /^(?:error: )?kex_exchange_identification: /
const MOST_UNIDENTIFIED = 1_000

/** Whether OpenSSH's server wrote a record: the name in its header decides, not what it says. */
export function isOfSshd({ program }: SyslogRecord): boolean {
  return PROGRAM.test(program)
}

/** Whether a record tells of an attempt, whenever that was. */
export function tellsOfAttempt({ message }: SyslogRecord): boolean {
  const sighting = readSshdMessage(REPEATED.exec(message)?.groups?.message ?? message)
  if (typeof sighting === 'string' || sighting.address === undefined) return false
  return sighting.form.shows !== 'accepted' && sighting.form.shows !== 'end'
}

/**
 * Turns sshd's records into attempts, which it keeps back as long as their connection may yet be
 * accepted.
 */
export class SshdReader {
  readonly #attempts = new SshdAttempts()
  readonly #held: HeldEvents
  /** The processes whose client did not say what it is, until they name it. */
  readonly #unidentified = new Set<string>()

  constructor(held: HeldEvents) {
    this.#held = held
  }

  get dropped(): number {
    return this.#attempts.dropped
  }

  /**
   * Whether the record can be read: in one way only, that is. That it tells of no attempt is no
   * matter.
   */
  read(record: SyslogRecord, line: number, repeats = 1): boolean {
    const repeated = REPEATED.exec(record.message)?.groups
    const source = `${record.host} ${record.pid}`
    if (UNIDENTIFIED.test(record.message)) this.#remember(source)
    const sighting = readSshdMessage(repeated?.message ?? record.message)
    if (sighting === 'ambiguous') return false
    if (sighting === 'nothing' || sighting.address === undefined) return true
    const { address, user, form } = sighting
    if (form.shows === 'end' && !this.#unidentified.delete(source)) return true
    const [connection, attempts] = this.#attempts.see(
      { ...sighting, address },
      record,
      repeats * Number(repeated?.times ?? 1),
    )
    if (form.shows === 'accepted') connection.isAccepted = true
    else if (attempts > 0) {
      const kind = form.shows === 'probe' || form.shows === 'end' ? 'ssh-negotiation' : form.shows
      this.#held.add(
        { kind, address, at: record.at, target: kind === 'ssh-login' ? ownCopy(user) : '', times: attempts, line },
        connection,
      )
    }
    return true
  }

  #remember(source: string): void {
    this.#unidentified.add(source)
    for (const oldest of this.#unidentified) {
      if (this.#unidentified.size <= MOST_UNIDENTIFIED) return
      this.#unidentified.delete(oldest)
    }
  }
}
