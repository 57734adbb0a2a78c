import type { IpNetwork } from '@cscapi/signals'
import type { Contents } from './contents.js'
import { inForceIn, type Source, STREAM_ORIGIN } from './source.js'

/** Where entries of a set come from, or what keeps them from being in force. */
export interface DecisionSource {
  /** CAPI's stream, a blocklist, or an allowlist, whose entries are those that are allowed. */
  readonly kind: 'stream' | 'blocklist' | 'allowlist'
  /** `CAPI` for the stream; the list's own name, which is text of whoever made the list. */
  readonly name: string
  /** What its entries ask for; `undefined` for an allowlist. */
  readonly remediation: string | undefined
  /** Entries in force, those that an allowlist overrules included. */
  readonly size: number
  /** Of a blocklist: until when its entries are in force, in epoch milliseconds. */
  readonly expiresAt: number | undefined
}

/** The stream first, then blocklists and allowlists as they came. */
export function listSources({ sources, allowlists }: Contents, now: number): DecisionSource[] {
  return [
    ...sources.map((source) => ({
      ...namesOf(source),
      remediation: source.remediation,
      size: inForceIn(source, now),
      expiresAt: source.expiresAt,
    })),
    ...allowlists.map(({ name, v4, v6 }) => ({
      kind: 'allowlist' as const,
      name,
      remediation: undefined,
      size: v4.countInForce(now) + v6.countInForce(now),
      expiresAt: undefined,
    })),
  ]
}

function namesOf({ origin, reasons }: Source): Pick<DecisionSource, 'kind' | 'name'> {
  return origin === STREAM_ORIGIN ? { kind: 'stream', name: origin } : { kind: 'blocklist', name: reasons[0] ?? origin }
}

/** The names of the allowlists that keep an address from being blocked. */
export function allowlistsAround({ allowlists }: Contents, asked: IpNetwork, now: number): string[] {
  return allowlists.filter(({ v4, v6 }) => (asked.family === 4 ? v4 : v6).meets(asked, now)).map(({ name }) => name)
}
