import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DecisionSet } from '../index.js'

const NOW = 1_700_000_000_000
const HOUR_MS = 3_600_000

function setUp() {
  let now = NOW
  const set = new DecisionSet({ now: () => now })
  const entry = (value: string, hours: number, scenario = 'acme/x', scope = 'Ip') => ({
    value,
    scope,
    scenario,
    expiresAt: now + hours * HOUR_MS,
  })
  const apply = (
    added: readonly ReturnType<typeof entry>[],
    deleted: readonly { value: string; scope: string }[] = [],
  ) => set.applyStream({ new: added, deleted })
  return {
    set,
    entry,
    apply,
    wait: (hours: number) => {
      now += hours * HOUR_MS
    },
  }
}

describe('a value that is twice in one answer', () => {
  test.each([
    ['the same text', '203.0.113.7', '203.0.113.7', '203.0.113.7'],
    ['two forms of one address', '::ffff:203.0.113.7', '203.0.113.7/32', '203.0.113.7'],
    ['two forms of one range', '203.0.113.99/24', '203.0.113.0/24', '203.0.113.7'],
    ['an IPv6 address', '2001:DB8::1', '2001:db8:0:0:0:0:0:1', '2001:db8::1'],
  ])('is in force until the later expiry, whichever comes first: %s', async (_, one, other, probe) => {
    for (const hours of [
      [24, 1],
      [1, 24],
    ] as const) {
      const { set, entry, apply, wait } = setUp()
      expect(await apply([entry(one, hours[0], 'first'), entry(other, hours[1], 'second')])).toMatchObject({ added: 1 })
      const reason = hours[0] > hours[1] ? 'first' : 'second'
      expect(set.check(probe)).toMatchObject({ expiresAt: NOW + 24 * HOUR_MS, reason })
      wait(23)
      expect([set.check(probe)?.reason, set.size]).toEqual([reason, 1])
    }
  })

  test('of another scope, too', async () => {
    const { set, entry, apply } = setUp()
    await apply([entry('XX', 24, 'a', 'Country'), entry('xx', 1, 'b', 'COUNTRY')])
    expect(set.checkScope('country', 'XX')).toMatchObject({ expiresAt: NOW + 24 * HOUR_MS, reason: 'a' })
  })

  test('gets the expiry of a later answer, which knows better', async () => {
    const { set, entry, apply } = setUp()
    await apply([entry('203.0.113.7', 24)])
    await apply([entry('203.0.113.7', 1)])
    expect(set.check('203.0.113.7')?.expiresAt).toBe(NOW + HOUR_MS)
  })

  test('of an allowlist is allowed until the later one', async () => {
    const { set, entry, apply, wait } = setUp()
    await apply([entry('203.0.113.7', 48)])
    const until = (hours: number) =>
      JSON.stringify({ value: '203.0.113.7', expiration: new Date(NOW + hours * HOUR_MS) })
    await set.replaceAllowlist({ id: 'a', name: 'a' }, [until(24), until(1)])
    wait(23)
    expect(set.check('203.0.113.7')).toBeUndefined()
  })
})

describe('a value that several name', () => {
  test('of another scope is listed once, and answers with what is left when the first has run out', async () => {
    const { set, entry, apply, wait } = setUp()
    await apply([entry('XX', 1, 'acme/x', 'Country')])
    await set.replaceBlocklist({ name: 'c', scope: 'country', remediation: 'captcha', duration: '24h' }, ['xx'])
    expect([...set.entries()].map(({ origin }) => origin)).toEqual(['CAPI'])
    expect(set.checkScope('Country', 'XX')?.origin).toBe('CAPI')
    wait(1)
    expect([...set.entries()].map(({ origin }) => origin)).toEqual(['lists:c'])
    expect([set.checkScope('Country', 'XX')?.origin, set.size]).toEqual(['lists:c', 1])
  })

  test('loses CAPI’s part alone when CAPI takes it back', async () => {
    const { set, entry, apply } = setUp()
    await apply([entry('XX', 1, 'acme/x', 'Country'), entry('203.0.113.7', 1)])
    await set.replaceBlocklist({ name: 'c', scope: 'Country', remediation: 'ban', duration: '24h' }, ['XX'])
    await set.replaceBlocklist({ name: 'i', scope: 'ip', remediation: 'ban', duration: '24h' }, ['203.0.113.7'])
    const gone = [
      { value: 'xx', scope: 'country' },
      { value: '203.0.113.7', scope: 'ip' },
    ]
    expect(await apply([], gone)).toMatchObject({ removed: 2 })
    expect([...set.entries()].map(({ origin }) => origin)).toEqual(['lists:i', 'lists:c'])
  })
})

describe('what is wrong in an answer', () => {
  test.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -1,
    '1700000000000',
    null,
    undefined,
    new Date(NOW),
  ])('as a time (%s) is refused, and nothing is changed', async (expiresAt) => {
    const { set, entry, apply } = setUp()
    await apply([entry('203.0.113.7', 1)])
    const bad = { ...entry('203.0.113.8', 1), expiresAt }
    await expect(Reflect.apply(set.applyStream, set, [{ new: [bad], deleted: [] }])).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'new[0].expiresAt', rule: 'must be epoch milliseconds: a number, 0 or more' }],
    })
    expect([...set.entries()].map(({ value }) => value)).toEqual(['203.0.113.7'])
  })

  test('and came from outside is skipped: all is counted, and the first hundred are kept', async () => {
    const { set, entry, apply } = setUp()
    const report = await apply(Array.from({ length: 5_000 }, (_, index) => entry(index === 7 ? '203.0.113.7' : 'x', 1)))
    expect(report).toMatchObject({ added: 1, skippedCount: 4_999 })
    expect(report.skipped).toHaveLength(100)
    expect(report.skipped[7]).toMatchObject({ path: 'new[8].value', value: '"x"' })
    expect(set.size).toBe(1)
  })

  test('of a long text, little is shown', async () => {
    const { entry, apply } = setUp()
    const { skipped } = await apply([entry('x'.repeat(10_000_000), 1)])
    expect(skipped[0]?.value.length).toBeLessThan(250)
  })
})

describe('reasons', () => {
  test('that no entry bears any more are forgotten', async () => {
    const { set, entry, apply, wait } = setUp()
    const empty = set.toBytes().length
    for (let pull = 0; pull < 21; pull += 1) {
      await apply(Array.from({ length: 100 }, (_, index) => entry(`203.0.113.${index}`, 2, `acme/${pull}-${index}`)))
      wait(2)
    }
    await apply([])
    expect([set.size, set.toBytes().length]).toEqual([0, empty])
  })

  test('stay with their entries while others go', async () => {
    const { set, entry, apply, wait } = setUp()
    await apply([entry('203.0.113.1', 1, 'one'), entry('203.0.113.2', 3, 'two'), entry('2001:db8::3', 3, 'three')])
    wait(1)
    await apply(
      [entry('203.0.113.4', 3, 'four'), entry('203.0.113.2', 3, 'five')],
      [{ value: '203.0.113.9', scope: 'Ip' }],
    )
    const reasons = (of: DecisionSet) => [...of.entries()].map(({ value, reason }) => `${value} ${reason}`)
    expect(reasons(set)).toEqual(['203.0.113.2 five', '203.0.113.4 four', '2001:db8::3 three'])
    const bytes = Buffer.from(set.toBytes())
    expect(['"one"', '"two"', '"three"'].map((reason) => bytes.includes(reason))).toEqual([false, false, true])
    expect(reasons(await DecisionSet.fromBytes(bytes, { now: () => NOW }))).toEqual(reasons(set))
  })

  test('that are dead in a snapshot of before are dropped, and everything else is there', async () => {
    const bytes = Buffer.from(readFileSync(new URL('../../test/snapshot-v1.base64', import.meta.url), 'utf8'), 'base64')
    expect(bytes.includes('acme/dead-0-0')).toBe(true)
    const now = 1_700_021_600_000
    const set = await DecisionSet.fromBytes(bytes, { now: () => now })
    expect([...set.entries()].map(({ value, reason, expiresAt }) => [value, reason, expiresAt - now])).toEqual([
      ['203.0.113.7', 'crowdsecurity/ssh-bf', HOUR_MS],
      ['2001:db8::/32', 'acme/x', HOUR_MS],
      ['XX', 'acme/y', HOUR_MS],
    ])
    expect([set.size, set.check('192.0.2.1'), set.check('198.51.100.1')]).toEqual([5, undefined, undefined])
    await set.retainLists({ blocklists: ['tor'], allowlists: [] })
    expect(set.check('198.51.100.1')).toMatchObject({ remediation: 'captcha', expiresAt: now + 24 * HOUR_MS })
    expect(Buffer.from(set.toBytes()).includes('dead')).toBe(false)
  })
})

describe('a snapshot in chunks', () => {
  test('is the one of the moment of the call, byte for byte', async () => {
    const { set, entry, apply } = setUp()
    await apply([entry('203.0.113.7', 1), entry('\u2028\n"', 1, 'acme/y', 'username')])
    const whole = Buffer.from(set.toBytes())
    const chunks = set.toChunks()
    await apply([entry('203.0.113.8', 1)])
    const pieces: Uint8Array[] = []
    for await (const piece of chunks) pieces.push(piece)
    expect(Buffer.concat(pieces).equals(whole)).toBe(true)
  })

  test('has pieces of a mebibyte, however large it is', async () => {
    const set = new DecisionSet()
    const lines = Array.from({ length: 500_000 }, (_, index) => `8.${index >> 16}.${(index >> 8) & 255}.${index & 255}`)
    await set.replaceBlocklist({ name: 'large', scope: 'ip', remediation: 'ban', duration: '24h' }, lines)
    const pieces: Uint8Array[] = []
    for await (const piece of set.toChunks()) pieces.push(piece)
    expect(pieces.slice(0, -1).map(({ length }) => length)).toEqual([1_048_576, 1_048_576])
    expect([...(await DecisionSet.fromBytes(Buffer.concat(pieces))).entries()]).toHaveLength(500_000)
  })
})
