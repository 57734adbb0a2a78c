import { BlockList } from 'node:net'
import { DecisionSet } from '@cscapi/decisions'
import IPSet from 'ip-set'

/** What can hold a blocklist and answer for an address. */
interface Peer {
  build(lines: readonly string[]): Promise<(ip: string) => unknown>
}

export const peers: Readonly<Record<string, Peer>> = {
  '@cscapi/decisions': {
    async build(lines) {
      const set = new DecisionSet()
      await set.replaceBlocklist({ name: 'bench', scope: 'ip', remediation: 'ban', duration: '24h' }, lines)
      return (ip) => set.check(ip)
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
      return (ip) => list.check(ip)
    },
  },
  'ip-set': {
    async build(lines) {
      const set = new IPSet([...lines])
      return (ip) => set.contains(ip)
    },
  },
}
