/** What one log line, or several lines of one connection, tell about one address. */
export interface LogEvent {
  /** The peer, as the program that wrote the line saw it. */
  readonly address: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly kind:
    | 'ssh-login'
    | 'ssh-negotiation'
    | 'ssh-broken-off'
    | 'ssh-refused'
    | 'tarpit-connection'
    | 'honeypot-login'
    | 'honeypot-command'
    | 'http-request'
    | 'http-login'
  /**
   * What was attacked: a user name, a command, or method and path; empty where it was only the
   * port.
   */
  readonly target: string
  readonly status?: number
  readonly userAgent?: string
  /** How often it happened, where one line tells of several; 1 if missing. */
  readonly times?: number
  /** The line it was read from, counted from 1. */
  readonly line?: number
}

/** What a reader must know besides the line. */
export interface ReadContext {
  /** Epoch milliseconds: a time without a year is of the latest year that is not ahead of this. */
  readonly now: number
  /** Times without a zone are UTC; otherwise the zone of this host. */
  readonly utc: boolean
}
