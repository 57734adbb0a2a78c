import { parseAddress } from '@cscapi/signals'

/** What one line of a web server's log tells about one address. */
export interface WebEvent {
  readonly kind: 'http-request' | 'http-login'
  /** The peer that the server saw, in canonical text; never one that a client named. */
  readonly address: string
  /** Epoch milliseconds. */
  readonly at: number
  /** Method and path as they were logged, a user name, or empty where neither is known. */
  readonly target: string
  /** Of the answer, where there was one or the message implies it. */
  readonly status?: number
  readonly userAgent?: string
}

/** A line of an error log: whom it is about, when it was written, and what it says. */
export interface ErrorFrame {
  /** The peer that the server saw, in canonical text; `undefined` where the line names none. */
  readonly address: string | undefined
  /** Epoch milliseconds; `undefined` where there is no such time. */
  readonly at: number | undefined
  readonly message: string
}

/**
 * Gives the canonical text of a single address, `undefined` for everything else (a range, a name,
 * `1.2.3.04`).
 */
export function ipAddress(text: string): string | undefined {
  const address = parseAddress(text)
  return address?.scope === 'Ip' ? address.value : undefined
}
