import { dirname, join } from 'node:path'
import { type Binary, debianBinary } from './debian-binary.js'

/** Debian's engine, which nobody installs: its installation registers with the real CAPI. */
export interface CrowdsecFiles {
  readonly crowdsec: Binary
  readonly cscli: Binary
  /** Its `/`, with `etc/crowdsec` and `usr/share/crowdsec/hub`. */
  readonly root: string
}

/** @throws Error that says why it cannot be had */
export async function findCrowdsec(): Promise<CrowdsecFiles> {
  const crowdsec = await debianBinary({ names: [], packages: ['crowdsec'], path: 'usr/bin/crowdsec' })
  const bin = dirname(crowdsec.command)
  return { crowdsec, cscli: { ...crowdsec, command: join(bin, 'cscli') }, root: join(bin, '..', '..') }
}

/** @throws Error that says why it cannot be had */
export function findBouncer(name: 'crowdsec-custom-bouncer' | 'crowdsec-firewall-bouncer'): Promise<Binary> {
  return debianBinary({ names: [], packages: [name], path: `usr/bin/${name}` })
}

/** @throws Error that says why it cannot be had */
export function findNft(): Promise<Binary> {
  return debianBinary({ names: ['nft'], packages: ['nftables'], path: 'usr/sbin/nft' })
}
