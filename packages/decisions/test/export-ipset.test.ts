import { describe, expect, test } from 'vitest'
import { DecisionSet } from '../src/index.js'
import { exported, fromGuide, largeSet, probes, sampleSet, wholeSet } from './exported-sample.js'
import { filesForNamespace, inNamespace } from './network-namespace.js'

const IPSET = { names: ['ipset'], packages: ['ipset'], path: 'usr/sbin/ipset' }
const IPTABLES = ['iptables', 'ip6tables'].map((name) => ({
  names: [name],
  packages: ['iptables'],
  path: `usr/sbin/${name}-nft`,
}))

const write = filesForNamespace()

let restores = 0
function restore(text: string): string {
  restores += 1
  return fromGuide('ipset restore').replace('cscapi.ipset', write(`${restores}.ipset`, text))
}

const ask = (ips: readonly string[]) =>
  ips.map((ip) => `ipset -q test cscapi-v${ip.includes(':') ? 6 : 4} ${ip} && echo ${ip}`).join('\n')

const ipset = (...script: readonly string[]) => inNamespace([IPSET, ...IPTABLES], `${script.join('\n')}\ntrue`)

describe('ipset', () => {
  test('restores an export as the guide says, and its sets hold exactly what check bans', async () => {
    const set = await sampleSet()
    const { stdout, stderr } = await ipset(restore(await exported(set, { format: 'ipset' })), ask(probes))
    expect(stderr).toBe('')
    expect(stdout.trim().split('\n')).toEqual(probes.filter((ip) => set.check(ip)?.remediation === 'ban'))
  })

  test('swaps the next export in; one that it refuses half-way leaves the last one in force, and the one after it is taken', async () => {
    const next = new DecisionSet()
    const info = { name: 'next', scope: 'ip', remediation: 'ban', duration: '1h' }
    await next.replaceBlocklist(info, ['192.0.2.77', '192.0.2.79', '2001:db8::77'])
    const good = await exported(next, { format: 'ipset', maxEntries: 2 })
    const broken = (await exported(await sampleSet(), { format: 'ipset' })).replace('203.0.113.0/25', '203.0.113.0/64')
    const { stdout, stderr } = await ipset(
      restore(await exported(await sampleSet(), { format: 'ipset' })),
      restore(good),
      `${restore(broken).trim()} && echo 'it was taken'`,
      'ipset list -o save',
      'echo again',
      restore(good),
      'ipset list -n',
      ask(['192.0.2.77', '192.0.2.79', '203.0.113.1', '2001:db8::1']),
    )
    expect(stderr).toMatch(/^ipset v[\d.]+: Error in line \d+: Syntax error/)
    const [before = '', after = ''] = stdout.split('again\n')
    expect(before.match(/^add cscapi-v\d \S+$/gm)?.sort()).toEqual([
      'add cscapi-v4 192.0.2.77',
      'add cscapi-v4 192.0.2.79',
    ])
    expect(after.trim().split('\n')).toEqual(['cscapi-v4', 'cscapi-v6', '192.0.2.77', '192.0.2.79'])
  })

  test('goes on swapping under the rules of the guide', async () => {
    const next = new DecisionSet()
    await next.replaceBlocklist({ name: 'next', scope: 'ip', remediation: 'ban', duration: '1h' }, ['192.0.2.77'])
    const { stdout, stderr } = await ipset(
      restore(await exported(await sampleSet(), { format: 'ipset' })),
      fromGuide('--match-set'),
      restore(await exported(next, { format: 'ipset' })),
      ask(['192.0.2.77', '198.51.100.6']),
      'iptables -S INPUT',
      'ip6tables -S INPUT',
    )
    expect(stderr).toBe('')
    expect(stdout.trim().split('\n')).toEqual([
      '192.0.2.77',
      '-P INPUT ACCEPT',
      '-A INPUT -m set --match-set cscapi-v4 src -j DROP',
      '-P INPUT ACCEPT',
      '-A INPUT -m set --match-set cscapi-v6 src -j DROP',
    ])
  })

  test('takes 49,152 networks, and the whole of a family', async () => {
    const some = ['198.18.3.4', '198.18.3.5', '2001:db8:7::4', '2001:db8:7::5']
    const { stdout, stderr } = await ipset(
      restore(await exported(await largeSet(), { format: 'ipset' })),
      ask(some),
      'echo then',
      restore(await exported(await wholeSet(), { format: 'ipset' })),
      ask(some),
    )
    expect(stderr).toBe('')
    expect(stdout.trim().split('\n')).toEqual(['198.18.3.4', '2001:db8:7::4', 'then', ...some])
  })
})
