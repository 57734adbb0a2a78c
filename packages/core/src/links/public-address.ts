import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns'
import { BlockList, isIP, isIPv4, type LookupFunction } from 'node:net'
import { PRIVATE_NETWORKS } from '@cscapi/signals'

/**
 * Beside what is private everywhere: special networks that nothing to download comes from, though
 * tests and examples use them.
 */
const SPECIAL = ['192.0.0.0/24', '198.18.0.0/15']

/**
 * Networks that a link of CAPI's must not lead into: this host and those around it, by IPv4
 * addresses inside the NAT64 prefix (RFC 6052) too.
 */
const REFUSED = new BlockList()
for (const network of [...PRIVATE_NETWORKS.map(([text]) => text), ...SPECIAL]) {
  const [first = '', prefix] = network.split('/')
  REFUSED.addSubnet(first, Number(prefix), isIPv4(first) ? 'ipv4' : 'ipv6')
  if (isIPv4(first)) REFUSED.addSubnet(`64:ff9b::${first}`, 96 + Number(prefix), 'ipv6')
}

/** Whether an address belongs to nobody's private network. IPv4 in IPv6 counts as IPv4. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && !REFUSED.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/**
 * Resolves names as the platform does, and refuses a name that leads into a private network: at the
 * moment of connecting, so that no later answer can differ.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    const addresses: LookupAddress[] = error ? [] : found
    const refused = addresses.find(({ address }) => !isPublicAddress(address))
    const first = addresses[0]
    if (error) callback(error, '', 0)
    else if (refused !== undefined || first === undefined) callback(new PrivateAddressError(hostname), '', 0)
    else if (options.all) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}

/** The code is what errors of ours show. */
class PrivateAddressError extends Error {
  readonly code = 'ERR_PRIVATE_ADDRESS'

  constructor(hostname: string) {
    super(`${hostname} leads into a private network`)
  }
}
