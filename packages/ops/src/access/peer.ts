import { parseAddress } from '@cscapi/signals'

/** What a server knows of a connection beside the request. */
export interface PeerInfo {
  /** The address of the other end. */
  readonly remoteAddress?: string | undefined
  /** As `@hono/node-server` hands it out in `c.env`. */
  readonly incoming?: { readonly socket: { readonly remoteAddress?: string | undefined } } | undefined
}

/** Gives the other end of the connection; `undefined` when nobody says. */
export function addressOf(peer: PeerInfo | undefined): string | undefined {
  return peer?.remoteAddress ?? peer?.incoming?.socket.remoteAddress
}

/** Headers by which a proxy says that it asks for somebody else. */
const FORWARDED = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']

/**
 * Whether a request comes from this very host: its other end is a loopback address, and no proxy
 * says that it asks for somebody else.
 */
export function isLocal(headers: Headers, address: string | undefined): boolean {
  return address !== undefined && isLoopback(address) && !FORWARDED.some((name) => headers.has(name))
}

/** Whether an address or a name is this host itself. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').replace(/^::ffff:/i, '')
  return /^127(\.\d{1,3}){3}$/.test(bare) || bare === '::1' || bare.toLowerCase() === 'localhost'
}

/** Gives what wrong tokens are counted by: an IPv4 address, or the /64 of an IPv6 one. */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'unknown'
  const wide = address.includes('.') ? address.replace(/^::ffff:/i, '') : `${address}/64`
  return parseAddress(wide)?.value ?? 'unknown'
}
