import { PRIVATE_NETWORKS } from '@cscapi/signals'
import { describe, expect, test } from 'vitest'
import { DecisionSet } from '../index.js'

const list = { name: 'list', scope: 'ip', remediation: 'ban', duration: '24h' }

/** What is said of an entry, whether a list has it or the stream. */
async function ruleFor(entry: string): Promise<string | undefined> {
  const set = new DecisionSet({ now: () => 0 })
  const listed = await set.replaceBlocklist(list, [entry])
  const stream = { new: [{ value: entry, scope: 'Ip', scenario: 's', expiresAt: 1 }], deleted: [] }
  const streamed = await set.applyStream(stream)
  expect(streamed.skipped[0]?.rule).toBe(listed.skipped[0]?.rule)
  return listed.skipped[0]?.rule
}

const PRIVATE = 'must not be private, loopback, link-local or multicast'

describe('a list may not block', () => {
  test.each(PRIVATE_NETWORKS)('what nobody may report: %s, %s', async (network) => {
    expect(await ruleFor(network.split('/')[0] ?? '')).toBe(PRIVATE)
    expect(await ruleFor(network)).toMatch(/^must not be (?:private|wider than \/(?:8|16)$)/)
  })

  test.each(['::ffff:10.0.0.1', '64:ff9b::10.0.0.1', '64:ff9b::a00:0/112', '::10.0.0.1', '64:ff9b:1::1', 'fec0::1'])(
    'a private address that is written as IPv6: %s',
    async (entry) => {
      expect(await ruleFor(entry)).toBe(PRIVATE)
    },
  )

  test.each([
    ['8.0.0.0/7', '/8'],
    ['2000::/15', '/16'],
    ['64:ff9b::/96', '/104'],
    ['64:ff9b::8.0.0.0/103', '/104'],
  ])('a large part of the Internet: %s', async (entry, widest) => {
    expect(await ruleFor(entry)).toBe(`must not be wider than ${widest}`)
  })

  test('and may block the neighbours of all of these', async () => {
    for (const entry of ['8.0.0.0/8', '2001::/16', '64:ff9b::8.8.8.8', '64:ff9b:2::/48', '172.32.0.0/16', 'fe00::/16'])
      expect(await ruleFor(entry), entry).toBeUndefined()
  })
})
