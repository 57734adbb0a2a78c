/** What the logs tell of. */
export const EVENT_KINDS = [
  'ssh-login',
  'ssh-negotiation',
  'ssh-broken-off',
  'ssh-refused',
  'tarpit-connection',
  'honeypot-login',
  'honeypot-command',
  'http-request',
  'http-login',
] as const
/** What an event was: an attempt at sshd, a connection to a honeypot, a request, … */
export type EventKind = (typeof EVENT_KINDS)[number]

/** What one log line, or several lines of one connection, tell about one address. */
export interface LogEvent {
  /** The peer, as the program that wrote the line saw it. */
  readonly address: string
  /** Epoch milliseconds. */
  readonly at: number
  /** What it was. */
  readonly kind: EventKind
  /**
   * What was attacked: a user name, a command, or method and path; empty where it was only the
   * port.
   */
  readonly target: string
  /** HTTP status of the answer. */
  readonly status?: number
  /** What the client calls itself. */
  readonly userAgent?: string
  /** How often it happened, where one line tells of several; 1 if missing. */
  readonly times?: number
  /** The line it was read from, counted from 1. */
  readonly line?: number
}
