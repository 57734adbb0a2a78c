import { BlockList } from 'node:net'
import { DecisionSet } from '@cscapi/decisions'
import IPSet from 'ip-set'

/** What can hold a blocklist and answer for an address. */
export interface Peer {
  build(lines: readonly string[]): Promise<(ip: string | number) => unknown>
  /** Whether it is asked for numbers, in place of text. */
  readonly takesNumbers?: true
}

async function setOf(lines: readonly string[]): Promise<DecisionSet> {
  const set = new DecisionSet()
  await set.replaceBlocklist({ name: 'bench', scope: 'ip', remediation: 'ban', duration: '24h' }, lines)
  return set
}

/** Of ours, each way to ask. */
export const ours = { check: 'check', has: 'has', hasNumber: 'has, of a number' } as const

export const peers: Readonly<Record<string, Peer>> = {
  [ours.check]: {
    async build(lines) {
      const set = await setOf(lines)
      return (ip) => set.check(ip)
    },
  },
  [ours.has]: {
    async build(lines) {
      const set = await setOf(lines)
      return (ip) => set.has(ip)
    },
  },
  [ours.hasNumber]: {
    takesNumbers: true,
    async build(lines) {
      const set = await setOf(lines)
      return (ip) => set.has(ip)
    },
  },
  // What an expert would write who needs no ranges, no expiry and no reasons.
  'Map of addresses': {
    async build(lines) {
      const addresses = new Map(lines.map((line) => [line.replace('/24', ''), true]))
      return (ip) => addresses.get(String(ip))
    },
  },
  'node:net BlockList': {
    async build(lines) {
      const list = new BlockList()
      for (const line of lines) {
        const [address = '', prefix] = line.split('/')
        if (prefix === undefined) list.addAddress(address)
        else list.addSubnet(address, Number(prefix))
      }
      return (ip) => list.check(String(ip))
    },
  },
  'ip-set': {
    async build(lines) {
      const set = new IPSet([...lines])
      return (ip) => set.contains(String(ip))
    },
  },
}
