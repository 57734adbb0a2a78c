import { IpNetwork } from '@cscapi/signals'
import { hops } from './proxy-hops.js'
import type { TrustedProxies } from './trusted-proxies.js'

const ADDRESS = new IpNetwork()

/**
 * Whom a request comes from, canonical: the first, counted from this server, whom no trusted proxy
 * stands for. `undefined` where nobody knows. What an untrusted one says of others does not count.
 */
export function clientAddress(
  peer: string | undefined,
  proxies: TrustedProxies,
  header: string,
  value: string | undefined,
): string | undefined {
  let client = canonical(peer)
  if (value === undefined || !isBelieved(peer, proxies)) return client
  for (const hop of hops(header, value)) {
    client = canonical(hop)
    if (client === undefined || !proxies.has(client)) return client
  }
  return client
}

/** Whether what a peer says of others counts. */
export function isBelieved(peer: string | undefined, proxies: TrustedProxies): boolean {
  if (peer === undefined) return proxies.unix
  const address = canonical(peer)
  return address !== undefined && proxies.has(address)
}

/** Without a zone, which says where an address is reachable and not whose it is. */
function canonical(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const zone = text.indexOf('%')
  return ADDRESS.readAddress(text, zone === -1 ? text.length : zone) ? ADDRESS.toString() : undefined
}
