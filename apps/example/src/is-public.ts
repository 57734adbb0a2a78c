import { IpNetwork, NetworkSet, PRIVATE_NETWORKS } from '@cscapi/signals'

/** Networks of protocols, documentation and benchmarks (RFC 6890 and its successors). */
const SPECIAL = [
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
  '5f00::/16',
]

const NOT_PUBLIC = new NetworkSet([...PRIVATE_NETWORKS, ...SPECIAL.map((network) => [network, 'special'] as const)])
const ASKED = new IpNetwork()

/** Whether an address is somebody's on the Internet. */
export function isPublic(address: string): boolean {
  return ASKED.readAddress(address) && NOT_PUBLIC.find(ASKED) === undefined
}
