import { describe, expect, test } from 'vitest'
import { DecisionSet } from '../src/index.js'
import { exported, fromGuide, largeSet, probes, sampleSet, wholeSet } from './exported-sample.js'
import { filesForNamespace, inNamespace, isRoot } from './network-namespace.js'

const NFT = { names: ['nft'], packages: ['nftables'], path: 'usr/sbin/nft' }

const write = filesForNamespace()

const load = async (name: string, set: DecisionSet) =>
  `nft -f ${write(name, await exported(set, { format: 'nftables' }))}`

const ask = (ips: readonly string[]) =>
  ips
    .map(
      (ip) =>
        `nft get element inet cscapi blocked_v${ip.includes(':') ? 6 : 4} "{ ${ip} }" >/dev/null 2>&1 && echo ${ip}`,
    )
    .join('\n')

const nft = (...script: readonly string[]) => inNamespace([NFT], `set -e\n${script.join('\n')}\ntrue`)

describe('nft', () => {
  test('checks an export, loads it, and its sets hold exactly what check bans', async () => {
    const set = await sampleSet()
    const path = write('set.nft', await exported(set, { format: 'nftables' }))
    const { status, stdout, stderr } = await nft(`nft -c -f ${path}`, `nft -f ${path}`, 'set +e', ask(probes))
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout.trim().split('\n')).toEqual(probes.filter((ip) => set.check(ip)?.remediation === 'ban'))
  })

  test('replaces what was loaded before under the rules of the guide; an export that it refuses changes nothing', async () => {
    const next = new DecisionSet()
    await next.replaceBlocklist({ name: 'next', scope: 'ip', remediation: 'ban', duration: '1h' }, ['192.0.2.77'])
    const broken = (await exported(await sampleSet(), { format: 'nftables' })).replace('2001:db8::1', '2001:db8::x')
    const { stdout, stderr } = await nft(
      await load('first.nft', await sampleSet()),
      `nft -f ${write('rules.nft', fromGuide('cscapi-rules.nft'))}`,
      await load('next.nft', next),
      `if nft -f ${write('broken.nft', broken)} 2>/dev/null; then echo 'it was taken' >&2; fi`,
      'nft list table inet cscapi',
    )
    expect(stderr).toBe('')
    expect(stdout.replace(/\s+/g, ' ')).toBe(
      'table inet cscapi { ' +
        'set blocked_v4 { type ipv4_addr flags interval elements = { 192.0.2.77 } } ' +
        'set blocked_v6 { type ipv6_addr flags interval } ' +
        'chain input { type filter hook input priority filter - 10; policy accept; ip saddr @blocked_v4 drop ip6 saddr @blocked_v6 drop } } ',
    )
  })

  test('takes 49,152 networks, and the whole of a family', async (context) => {
    if (!isRoot) context.skip('only root may give nft a buffer for so many')
    const some = ['198.18.3.4', '198.18.3.5', '2001:db8:7::4', '2001:db8:7::5']
    const { stdout, stderr } = await nft(
      await load('large.nft', await largeSet()),
      'set +e',
      ask(some),
      'echo then',
      await load('all.nft', await wholeSet()),
      ask(some),
    )
    expect(stderr).toBe('')
    expect(stdout.trim().split('\n')).toEqual(['198.18.3.4', '2001:db8:7::4', 'then', ...some])
  })
})
