import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { DecisionSet, type DecisionSetOptions } from './index.js'

const NOW = 1_700_000_000_000
const HOUR_MS = 3_600_000

function setUp(options: DecisionSetOptions = {}) {
  let now = NOW
  const set = new DecisionSet({ now: () => now, ...options })
  const wait = (ms: number) => {
    now += ms
  }
  const ban = (values: readonly string[], forMs = HOUR_MS) =>
    set.applyStream({
      new: values.map((value) => ({ value, scope: 'Ip', scenario: 'crowdsecurity/ssh-bf', expiresAt: now + forMs })),
      deleted: [],
    })
  const list = (name: string, lines: readonly string[], remediation = 'ban') =>
    set.replaceBlocklist({ name, scope: 'ip', remediation, duration: '24h' }, lines)
  const allow = (id: string, values: readonly string[]) =>
    set.replaceAllowlist(
      { id, name: id },
      values.map((value) => JSON.stringify({ value })),
    )
  return {
    set,
    wait,
    ban,
    list,
    allow,
    get now() {
      return now
    },
  }
}

const info = { name: 'one', scope: 'ip', remediation: 'ban', duration: '24h' }

describe('check', () => {
  test('says what to do, why, where it comes from and until when', async () => {
    const { set, ban } = setUp()
    await ban(['203.0.113.7'])
    expect(set.check('203.0.113.7')).toEqual({
      value: '203.0.113.7',
      scope: 'Ip',
      remediation: 'ban',
      reason: 'crowdsecurity/ssh-bf',
      origin: 'CAPI',
      expiresAt: NOW + HOUR_MS,
    })
    expect(set.check('203.0.113.8')).toBeUndefined()
  })

  test('an address in two lists is blocked until it is in neither', async () => {
    const { set, list } = setUp()
    await list('one', ['203.0.113.7'])
    await list('two', ['203.0.113.7'])
    await list('one', [])
    expect(set.check('203.0.113.7')).toMatchObject({ origin: 'lists:two', reason: 'two' })
    await list('two', [])
    expect(set.check('203.0.113.7')).toBeUndefined()
  })

  test('a list that is not linked any more is gone, and the others stay', async () => {
    const { set, list } = setUp()
    await list('one', ['203.0.113.7'])
    await list('two', ['203.0.113.8'])
    expect(await set.retainLists({ blocklists: ['two'], allowlists: [] })).toMatchObject({ removed: 1 })
    expect([set.check('203.0.113.7'), set.check('203.0.113.8')?.reason]).toEqual([undefined, 'two'])
  })

  test('an allowed range inside a blocked range frees the whole of it, and a blocked address inside an allowed range is free', async () => {
    const { set, list, allow } = setUp()
    await list('wide', ['203.0.113.0/24'])
    await list('narrow', ['198.51.100.7'])
    await allow('mine', ['203.0.113.64/28', '198.51.100.0/24'])
    for (const ip of ['203.0.113.1', '203.0.113.65', '198.51.100.7']) expect(set.check(ip), ip).toBeUndefined()
    await set.retainLists({ blocklists: ['wide', 'narrow'], allowlists: [] })
    for (const ip of ['203.0.113.1', '203.0.113.65', '198.51.100.7']) expect(set.check(ip), ip).toBeDefined()
  })

  test('an allowlist’s entry that has run out allows nothing any more; a zero date never runs out', async () => {
    const { set, list, wait } = setUp()
    await list('one', ['203.0.113.7', '203.0.113.8'])
    await set.replaceAllowlist({ id: 'a', name: 'a' }, [
      JSON.stringify({ value: '203.0.113.7', expiration: new Date(NOW + HOUR_MS).toISOString() }),
      JSON.stringify({ value: '203.0.113.8', expiration: '0001-01-01T00:00:00Z' }),
    ])
    expect([set.check('203.0.113.7'), set.check('203.0.113.8')]).toEqual([undefined, undefined])
    wait(HOUR_MS)
    expect([set.check('203.0.113.7')?.value, set.check('203.0.113.8')]).toEqual(['203.0.113.7', undefined])
  })

  test('IPv4-mapped addresses are IPv4, on both sides', async () => {
    const { set, ban } = setUp()
    await ban(['::ffff:192.0.2.4', '192.0.2.128/25'])
    expect(set.check('192.0.2.4')?.value).toBe('192.0.2.4')
    expect(set.check('::ffff:192.0.2.200')?.value).toBe('192.0.2.128/25')
    expect(set.check('::FFFF:C000:204')?.value).toBe('192.0.2.4')
  })

  test('2001:db8::/32 holds its addresses in any form, and no others', async () => {
    const { set, ban } = setUp()
    await ban(['2001:DB8::/32'])
    expect(set.check('2001:0db8:ffff:0:0:0:0:1')).toMatchObject({ value: '2001:db8::/32', scope: 'Range' })
    expect(set.check('2001:db9::1')).toBeUndefined()
  })

  test('everything, and what is private, is skipped and told of; with allowWide it counts', async () => {
    const lines = ['0.0.0.0/0', '::/0', '10.1.2.3', '127.0.0.1', '192.0.0.0/7', 'fe80::1', '203.0.113.7']
    const { set, list } = setUp()
    const report = await list('broken', lines)
    expect(report).toMatchObject({ added: 1, skippedCount: 6 })
    expect(report.skipped[0]).toEqual({ path: 'broken:1', value: '"0.0.0.0/0"', rule: 'must not be wider than /8' })
    expect(set.check('8.8.8.8')).toBeUndefined()
    const brave = setUp({ allowWide: true })
    await brave.list('broken', lines)
    expect(brave.set.check('8.8.8.8')?.value).toBe('0.0.0.0/0')
    expect(brave.set.check('10.1.2.3')?.value).toBe('10.1.2.3')
  })

  test('what an answer deletes and adds is there afterwards; what it does not name stays', async () => {
    const { set, ban } = setUp()
    await ban(['203.0.113.7', '203.0.113.8', '203.0.113.0/25'])
    const again = { value: '203.0.113.7', scope: 'ip', scenario: 'acme/x', expiresAt: NOW + 2 * HOUR_MS }
    const report = await set.applyStream({
      new: [again],
      deleted: [
        { value: '203.0.113.7', scope: 'Ip' },
        { value: '203.0.113.0/25', scope: 'range' },
      ],
    })
    expect(report).toMatchObject({ added: 1, removed: 2 })
    expect(set.check('203.0.113.7')).toMatchObject({ reason: 'acme/x', expiresAt: NOW + 2 * HOUR_MS })
    expect(set.check('203.0.113.8')?.reason).toBe('crowdsecurity/ssh-bf')
    expect(set.check('203.0.113.9')).toBeUndefined()
  })

  test('a deletion of CAPI’s own does not touch a list', async () => {
    const { set, list, ban } = setUp()
    await ban(['203.0.113.7'])
    await list('one', ['203.0.113.7'])
    await set.applyStream({ new: [], deleted: [{ value: '203.0.113.7', scope: 'Ip' }] })
    expect(set.check('203.0.113.7')?.origin).toBe('lists:one')
  })

  test('entries run out by themselves, to the millisecond, and an empty answer wipes nothing', async () => {
    const { set, ban, wait } = setUp()
    await ban(['203.0.113.7'], 3_599_755.756)
    await set.applyStream({ new: [], deleted: [] })
    wait(3_599_755)
    expect(set.check('203.0.113.7')).toBeDefined()
    wait(1)
    expect(set.check('203.0.113.7')).toBeUndefined()
  })

  test('the longest prefix decides, then the strictest remediation, as the option orders them', async () => {
    const { set, list } = setUp()
    await list('wide', ['203.0.113.0/24'], 'ban')
    await list('narrow', ['203.0.113.7'], 'captcha')
    await list('slow', ['203.0.113.7'], 'throttle')
    expect(set.check('203.0.113.7')?.remediation).toBe('captcha')
    expect(set.checkAll('203.0.113.7').map(({ reason }) => reason)).toEqual(['narrow', 'slow', 'wide'])
    const other = setUp({ remediations: ['throttle'] })
    await other.list('narrow', ['203.0.113.7'], 'captcha')
    await other.list('slow', ['203.0.113.7'], 'throttle')
    expect(other.set.check('203.0.113.7')?.remediation).toBe('throttle')
  })

  test.each([
    '',
    'x',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '256.1.1.1',
    '1.2.3.4/32',
    ':::',
    '1::2::3',
    'fe80::1%eth0',
    '12345::',
    '::1.2.3',
  ])('text that is no address is an error, never “not blocked”: "%s"', (text) => {
    const { set } = setUp()
    expect(() => set.check(text)).toThrow(
      expect.objectContaining({ code: 'invalid_input', issues: [expect.objectContaining({ path: 'ip' })] }),
    )
  })
})

describe('other scopes', () => {
  test('a range is blocked by an entry that holds all of it, and by no part of it', async () => {
    const { set, list, allow } = setUp()
    await list('one', ['198.51.100.0/24', '203.0.113.7'])
    const decided = (value: string) => set.checkScope('range', value)?.value
    expect(['198.51.100.64/26', '198.51.100.0/24', '198.51.0.0/16', '203.0.113.0/24'].map(decided)).toEqual([
      '198.51.100.0/24',
      '198.51.100.0/24',
      undefined,
      undefined,
    ])
    expect(set.checkScope('IP', '::ffff:203.0.113.7')?.value).toBe('203.0.113.7')
    await allow('mine', ['198.51.100.64/28'])
    expect(decided('198.51.100.64/26')).toBeUndefined()
    expect(() => set.checkScope('Range', '198.51.100.0/33')).toThrow(
      expect.objectContaining({ issues: [expect.objectContaining({ path: 'value', value: '"198.51.100.0/33"' })] }),
    )
  })

  test('are asked for by name, whatever its case, and run out too', async () => {
    const { set, wait } = setUp()
    const expiresAt = NOW + HOUR_MS
    await set.applyStream({
      new: [
        { value: 'XX', scope: 'Country', scenario: 's', expiresAt },
        { value: 'AS64500', scope: 'AS', scenario: 's', expiresAt },
        { value: 'Root', scope: 'username', scenario: 's', expiresAt },
      ],
      deleted: [],
    })
    expect(set.checkScope('country', 'xx')).toMatchObject({ value: 'XX', scope: 'Country', remediation: 'ban' })
    expect(set.checkScope('as', 'as64500')?.value).toBe('AS64500')
    expect([set.checkScope('USERNAME', 'Root')?.value, set.checkScope('username', 'root')]).toEqual(['Root', undefined])
    await set.applyStream({ new: [], deleted: [{ scope: 'COUNTRY', value: 'xx' }] })
    expect(set.checkScope('Country', 'XX')).toBeUndefined()
    wait(HOUR_MS)
    expect(set.checkScope('AS', 'AS64500')).toBeUndefined()
  })
})

describe('a list', () => {
  test('is read with CRLF, comments and blank lines, and what is no value is told of', async () => {
    const { set, list } = setUp()
    const report = await list('one', [
      '# a list',
      '203.0.113.7\r',
      '',
      '  198.51.100.0/24 ; a network',
      'nonsense',
      '2001:db8::1 // v6',
    ])
    expect(report).toMatchObject({ added: 3, skippedCount: 1, skipped: [{ path: 'one:5', value: '"nonsense"' }] })
    expect([...set.entries()].map(({ value }) => value)).toEqual(['198.51.100.0/24', '203.0.113.7', '2001:db8::1'])
  })

  test('whose download breaks off changes nothing, nor does one with a duration that is none', async () => {
    const { set, list } = setUp()
    await list('one', ['203.0.113.7'])
    async function* broken() {
      yield '203.0.113.8'
      throw new Error('the connection broke')
    }
    await expect(set.replaceBlocklist(info, broken())).rejects.toThrow('the connection broke')
    await expect(set.replaceBlocklist({ ...info, duration: 'soon' }, [])).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await expect(set.replaceAllowlist({ id: 'a', name: 'a' }, broken())).rejects.toThrow('the connection broke')
    expect([set.check('203.0.113.7')?.value, set.check('203.0.113.8')]).toEqual(['203.0.113.7', undefined])
  })
})

describe('changes', () => {
  test('are told as canonical values, also those that ran out meanwhile, and not to who left', async () => {
    const { set, ban, allow, wait } = setUp()
    await ban(['203.0.113.7'])
    const changes: object[] = []
    const off = set.on('change', (change) => changes.push(change))
    await ban(['2001:DB8:0:0::1', '203.0.113.9'])
    await allow('mine', ['203.0.113.0/28'])
    wait(HOUR_MS)
    await ban(['198.51.100.1'])
    off()
    await ban(['198.51.100.2'])
    expect(changes).toEqual([
      { added: ['203.0.113.9', '2001:db8::1'], removed: [] },
      { added: [], removed: ['203.0.113.7', '203.0.113.9'] },
      { added: ['198.51.100.1'], removed: ['2001:db8::1'] },
    ])
  })

  test('wait for each other, and a lookup in between sees the one before', async () => {
    const { set } = setUp()
    let goOn: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      goOn = resolve
    })
    async function* slow() {
      yield '203.0.113.7'
      await gate
    }
    const first = set.replaceBlocklist(info, slow())
    const second = set.replaceBlocklist(info, ['203.0.113.8'])
    await Promise.resolve()
    expect(set.size).toBe(0)
    goOn()
    await Promise.all([first, second])
    expect([set.check('203.0.113.7'), set.check('203.0.113.8')?.value]).toEqual([undefined, '203.0.113.8'])
  })
})

describe('a transaction', () => {
  test('comes into force as a whole, and is told of as one change', async () => {
    const { set, ban } = setUp()
    await ban(['203.0.113.7'])
    const changes: object[] = []
    set.on('change', (change) => changes.push(change))
    const size = await set.transaction(async (draft) => {
      await draft.replaceBlocklist(info, ['198.51.100.1'])
      await draft.applyStream({ new: [], deleted: [{ value: '203.0.113.7', scope: 'Ip' }] })
      expect([set.check('203.0.113.7')?.value, set.check('198.51.100.1')]).toEqual(['203.0.113.7', undefined])
      return draft.size
    })
    expect([size, set.size, set.check('203.0.113.7'), set.check('198.51.100.1')?.value]).toEqual([
      1,
      1,
      undefined,
      '198.51.100.1',
    ])
    expect(changes).toEqual([{ added: ['198.51.100.1'], removed: ['203.0.113.7'] }])
  })

  test('that fails half-way changes nothing, and holds up nobody', async () => {
    const { set, ban } = setUp()
    await ban(['203.0.113.7'])
    const failed = set.transaction(async (draft) => {
      await draft.replaceBlocklist(info, ['198.51.100.1'])
      throw new Error('the network is gone')
    })
    await expect(failed).rejects.toThrow('the network is gone')
    expect([...set.entries()].map(({ value }) => value)).toEqual(['203.0.113.7'])
    expect(await set.replaceBlocklist(info, ['198.51.100.2'])).toMatchObject({ added: 1 })
  })
})

describe('a snapshot', () => {
  test('holds everything', async () => {
    const { set, ban, list, allow } = setUp()
    await ban(['203.0.113.7', '2001:db8::/32'])
    await list('one', ['198.51.100.0/24'], 'captcha')
    await list('countries', [])
    await set.replaceBlocklist({ name: 'countries', scope: 'Country', remediation: 'captcha', duration: '24h' }, ['XX'])
    await allow('mine', ['203.0.113.64/28'])
    const back = await DecisionSet.fromBytes(set.toBytes(), { now: () => NOW })
    expect([...back.entries()]).toEqual([...set.entries()])
    expect(back.size).toBe(set.size)
  })

  test('of a newer version is refused by name', async () => {
    const { set } = setUp()
    const body = set.toBytes().slice(0, -32)
    body[4] = 9
    const newer = Buffer.concat([body, createHash('sha256').update(body).digest()])
    await expect(DecisionSet.fromBytes(newer)).rejects.toMatchObject({
      code: 'snapshot_newer',
      message: expect.stringContaining('version 9'),
    })
  })

  test('that is damaged at any byte is refused', async () => {
    const { set, ban } = setUp()
    await ban(['203.0.113.7'])
    const bytes = set.toBytes()
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = bytes.slice()
      damaged[at] = (damaged[at] ?? 0) ^ 1
      await expect(DecisionSet.fromBytes(damaged), `byte ${at}`).rejects.toMatchObject({ code: 'snapshot_corrupt' })
      await expect(DecisionSet.fromBytes(bytes.slice(0, at))).rejects.toMatchObject({ code: 'snapshot_corrupt' })
    }
  })
})
