import type { AskedAddress } from '../src/index.js'
import { type Network, textOf } from './naive-set.js'

/** An address in every form that a set takes: IPv4 also as the IPv6 to which it is mapped. */
export function formsOf({ family, address }: Pick<Network, 'family' | 'address'>): readonly AskedAddress[] {
  if (family === 6) return [textOf({ family, address, prefix: 128 }), bytesOf(address, 16)]
  const mapped = (0xffffn << 32n) | address
  const dotted = textOf({ family, address, prefix: 32 })
  const inIpv6 = textOf({ family: 6, address: mapped, prefix: 128 })
  return [dotted, Number(address), bytesOf(address, 4), bytesOf(mapped, 16), inIpv6, `::FFFF:${dotted}`]
}

function bytesOf(address: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => Number((address >> BigInt(8 * (length - 1 - at))) & 255n))
}
