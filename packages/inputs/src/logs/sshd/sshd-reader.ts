import { ownCopy } from '../../lines/own-copy.js'
import type { SyslogRecord } from '../syslog-frame.js'
import type { HeldEvents } from './held-events.js'
import type { SavedSshd } from './saved-sshd.js'
import { LOGIN_GRACE_MS, SshdAttempts } from './sshd-attempts.js'
import type { SshdConnection } from './sshd-connection.js'
import { readSshdMessage } from './sshd-message.js'

const PROGRAM = /^sshd(?:-session|-auth)?$/
/** rsyslog's way to say that a line came again. */
const REPEATED = /^message repeated (?<times>\d{1,9}) times: \[ ?(?<message>.*)\]$/s

/**
 * A client that goes away, or says nonsense, in place of what it is; its address comes a line
 * later.
 */
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
  readonly #attempts: SshdAttempts
  readonly #held: HeldEvents
  /** When a process said that its client did not tell what it is, until it names that client. */
  readonly #unidentified: Map<string, number>

  constructor(held: HeldEvents, saved?: SavedSshd) {
    this.#held = held
    this.#attempts = new SshdAttempts(undefined, saved)
    this.#unidentified = new Map(saved?.unidentified)
  }

  connectionAt(place: number | null): SshdConnection | undefined {
    return place === null ? undefined : this.#attempts.connectionAt(place)
  }

  save(): ReturnType<SshdAttempts['save']> & Pick<SavedSshd, 'unidentified'> {
    return { ...this.#attempts.save(), unidentified: [...this.#unidentified] }
  }

  get dropped(): number {
    return this.#attempts.dropped
  }

  /**
   * Whether the record can be read: in one way only, that is, and by that way it names an address
   * or nobody. That it tells of no attempt is no matter.
   */
  read(record: SyslogRecord, line: number, repeats = 1): boolean {
    const repeated = REPEATED.exec(record.message)?.groups
    if (UNIDENTIFIED.test(record.message)) this.#remember(record)
    const sighting = readSshdMessage(repeated?.message ?? record.message)
    if (sighting === 'ambiguous') return false
    if (sighting === 'nothing') return true
    // `UNKNOWN`, or a name that no signal can bear.
    if (sighting.address === undefined) return false
    const { address, user, form } = sighting
    if (form.shows === 'end' && !this.#wasUnidentified(record)) return true
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

  /** Without a process's number nobody could tell whose client it was. */
  #remember({ host, pid, at }: SyslogRecord): void {
    if (pid === undefined) return
    this.#unidentified.set(ownCopy(`${host} ${pid}`), at)
    for (const oldest of this.#unidentified.keys()) {
      if (this.#unidentified.size <= MOST_UNIDENTIFIED) return
      this.#unidentified.delete(oldest)
    }
  }

  /** Numbers of processes are used again: a day later it is another client. */
  #wasUnidentified({ host, pid, at }: SyslogRecord): boolean {
    const source = `${host} ${pid}`
    const since = this.#unidentified.get(source)
    this.#unidentified.delete(source)
    return since !== undefined && Math.abs(at - since) <= LOGIN_GRACE_MS
  }
}
