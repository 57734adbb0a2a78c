import type { LogEvent } from '../logs/log-event.js'
import { SshdLog } from '../logs/sshd/sshd-log.js'
import type { FormatReader, InputFormat, ReadContext, Reading } from './format.js'
import { LOGINS, SSH_LOGINS } from './login-rules.js'

/** Attempts at OpenSSH’s server, from syslog, the journal or its own log. */
export const sshd: InputFormat = {
  attacks: {
    'ssh-login': SSH_LOGINS,
    'ssh-negotiation': { scenario: 'lepresidente/ssh-bad-keyexchange-bf', ...LOGINS },
    'ssh-broken-off': { scenario: 'crowdsecurity/ssh-cve-2024-6387', capacity: 3, leakMs: 60_000 },
    'ssh-refused': { scenario: 'crowdsecurity/ssh-refused-conn', ...LOGINS },
  },
  open: (context, saved) => new SshdFormatReader(context, saved),
}

class SshdFormatReader implements FormatReader {
  readonly #context: ReadContext
  readonly #log: SshdLog

  constructor(context: ReadContext, saved: unknown) {
    this.#context = context
    this.#log = new SshdLog(saved)
  }

  get dropped(): number {
    return this.#log.dropped
  }

  read(line: string, number: number): readonly Reading[] | undefined {
    const found = this.#log.read(line, number, this.#context)
    if (found === undefined) return undefined
    if (found === 'read') return this.#readingsOf(this.#log.take())
    return [{ refused: found === 'ambiguous' ? 'it names no address, or can be read in two ways' : found.refused }]
  }

  advance(at: number): readonly Reading[] {
    return this.#readingsOf(this.#log.advance(at))
  }

  end(): readonly Reading[] {
    return this.#readingsOf(this.#log.end())
  }

  save(): unknown {
    return this.#log.save()
  }

  #readingsOf(events: readonly LogEvent[]): Reading[] {
    const withUsers = this.#context.include.has('users')
    return events.map(({ kind, address, at, target, times, line }) => ({
      event: {
        ...{ attack: kind, address, at, ...(times !== undefined && { times }), ...(line !== undefined && { line }) },
        details: { service: 'ssh', target_user: withUsers ? target : undefined },
      },
    }))
  }
}
