import { expect, test } from 'vitest'
import { DecisionSet } from '../decision-set.js'

test('every source is told of with what is in force of it', async () => {
  let now = 1_000
  const set = new DecisionSet({ now: () => now })
  await set.applyStream({
    new: [
      { value: '1.2.3.4', scope: 'Ip', scenario: 'a/b', expiresAt: 5_000 },
      { value: '1.2.3.5', scope: 'Ip', scenario: 'a/b', expiresAt: 9_000 },
    ],
    deleted: [],
  })
  await set.replaceBlocklist({ name: 'tor', scope: 'ip', remediation: 'captcha', duration: '7s' }, [
    '1.1.1.1',
    '1.0.0.0/24',
  ])
  await set.replaceAllowlist({ id: '1', name: 'Offices' }, ['{"value":"1.2.3.4"}'])
  expect(set.sources()).toEqual([
    { kind: 'stream', name: 'CAPI', remediation: 'ban', size: 2, expiresAt: undefined },
    { kind: 'blocklist', name: 'tor', remediation: 'captcha', size: 2, expiresAt: 8_000 },
    { kind: 'allowlist', name: 'Offices', remediation: undefined, size: 1, expiresAt: undefined },
  ])
  now = 8_000
  expect(set.sources().map(({ size }) => size)).toEqual([1, 0, 1])
})

test('an address is told to be on the allowlists that hold it, and on no others', async () => {
  const set = new DecisionSet()
  await set.replaceAllowlist({ id: '1', name: 'Offices' }, ['{"value":"192.0.2.0/24"}', '{"value":"2001:db8::/32"}'])
  await set.replaceAllowlist({ id: '2', name: 'Mine' }, ['{"value":"192.0.2.7","expiration":"2020-01-01T00:00:00Z"}'])
  expect(set.allowedBy('192.0.2.7')).toEqual(['Offices'])
  expect(set.allowedBy('2001:db8::1')).toEqual(['Offices'])
  expect(set.allowedBy('192.0.3.7')).toEqual([])
  expect(() => set.allowedBy('192.0.2')).toThrow('must be an IPv4 or IPv6 address')
})
