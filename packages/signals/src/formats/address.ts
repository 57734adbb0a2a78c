import ipaddr from 'ipaddr.js'

/**
 * An address or a range in its canonical text: RFC 5952 for IPv6, IPv4-mapped IPv6 folded to IPv4,
 * a range without host bits.
 */
export interface Address {
  readonly scope: 'Ip' | 'Range'
  readonly value: string
  readonly version: 4 | 6
}

const MAPPED_PREFIX = 96

/**
 * Reads an IPv4 or IPv6 address, or a CIDR range of either; `undefined` if the text is neither.
 * A range of one address, `/32` or `/128`, is that address. Strict: four decimal parts without
 * leading zeros, no zone id, no white space.
 */
export function parseAddress(text: string): Address | undefined {
  if (typeof text !== 'string') return undefined
  const [addressText = '', prefixText, ...rest] = text.split('/')
  const address = parseIp(addressText)
  if (address === undefined || rest.length > 0) return undefined
  if (prefixText === undefined) return ipOf(address.ip)
  if (!/^(0|[1-9][0-9]{0,2})$/.test(prefixText)) return undefined
  const prefix = Number(prefixText) - (address.isMapped ? MAPPED_PREFIX : 0)
  const bits = address.ip.kind() === 'ipv4' ? 32 : 128
  if (prefix < 0 || prefix > bits) return undefined
  if (prefix === bits) return ipOf(address.ip)
  const network = networkOf(address.ip.toByteArray(), prefix)
  return {
    scope: 'Range',
    value: `${ipaddr.fromByteArray(network).toString()}/${prefix}`,
    version: bits === 32 ? 4 : 6,
  }
}

function ipOf(ip: ipaddr.IPv4 | ipaddr.IPv6): Address {
  return { scope: 'Ip', value: ip.toString(), version: ip.kind() === 'ipv4' ? 4 : 6 }
}

function parseIp(text: string): { ip: ipaddr.IPv4 | ipaddr.IPv6; isMapped: boolean } | undefined {
  if (!text.includes(':')) return isIpv4(text) ? { ip: ipaddr.IPv4.parse(text), isMapped: false } : undefined
  const embedded = text.includes('.') ? text.slice(text.lastIndexOf(':') + 1) : undefined
  if (text.includes('%') || !ipaddr.IPv6.isValid(text) || (embedded !== undefined && !isIpv4(embedded)))
    return undefined
  // ipaddr.js takes the deprecated ::203.0.113.7 for a mapped address, and ::cb00:7107 not.
  const ip = ipaddr.IPv6.parse(
    embedded === undefined ? text : text.slice(0, -embedded.length) + groupsOf(ipaddr.IPv4.parse(embedded)),
  )
  return ip.isIPv4MappedAddress() ? { ip: ip.toIPv4Address(), isMapped: true } : { ip, isMapped: false }
}

function groupsOf(ip: ipaddr.IPv4): string {
  const [a = 0, b = 0, c = 0, d = 0] = ip.toByteArray()
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}

/** Leading zeros are octal to some readers, and so nothing to rely on. */
function isIpv4(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text)
}

function networkOf(bytes: number[], prefix: number): number[] {
  return bytes.map((byte, index) => {
    const kept = Math.min(Math.max(prefix - index * 8, 0), 8)
    return byte & (0xff << (8 - kept)) & 0xff
  })
}
