import type { HeldEvents } from './held-events.js'
import { ownCopy } from './own-copy.js'
import { SshdAttempts } from './sshd-attempts.js'
import { readSshdMessage } from './sshd-message.js'
import type { SyslogRecord } from './syslog-frame.js'

const PROGRAM = /^sshd(?:-session|-auth)?$/
/** rsyslog's way to say that a line came again. */
const REPEATED = /^message repeated (?<times>\d{1,9}) times: \[ ?(?<message>.*)\]$/s

/** Whether OpenSSH's server wrote a record: the name in its header decides, not what it says. */
export function isOfSshd({ program }: SyslogRecord): boolean {
  return PROGRAM.test(program)
}

/** Whether a record tells of an attempt, whenever that was. */
export function tellsOfAttempt({ message }: SyslogRecord): boolean {
  const sighting = readSshdMessage(REPEATED.exec(message)?.groups?.message ?? message)
  return typeof sighting === 'object' && sighting.address !== undefined && sighting.form.shows !== 'accepted'
}

/**
 * Turns sshd's records into attempts, which it keeps back as long as their connection may yet be
 * accepted.
 */
export class SshdReader {
  readonly #attempts = new SshdAttempts()
  readonly #held: HeldEvents

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
    const sighting = readSshdMessage(repeated?.message ?? record.message)
    if (sighting === 'ambiguous') return false
    if (sighting === 'nothing' || sighting.address === undefined) return true
    const { address, user, form } = sighting
    const [connection, attempts] = this.#attempts.see(
      { ...sighting, address },
      record,
      repeats * Number(repeated?.times ?? 1),
    )
    if (form.shows === 'accepted') connection.isAccepted = true
    else if (attempts > 0) {
      const kind = form.shows === 'probe' ? 'ssh-negotiation' : form.shows
      this.#held.add(
        { kind, address, at: record.at, target: kind === 'ssh-login' ? ownCopy(user) : '', times: attempts, line },
        connection,
      )
    }
    return true
  }
}
