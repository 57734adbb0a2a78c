import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, MINUTE_MS, machine } from './arrange.js'
import { arrangeScheduled } from './arrange-scheduled.js'

const seeded = () => {
  const arranged = arrange({
    decisions: [
      { value: '192.0.2.1', duration: '96h' },
      { value: '2001:db8::1', duration: '96h' },
    ],
    blocklists: [
      { name: 'firehol', values: ['198.51.100.7', '198.51.100.64/26'], remediation: 'captcha' },
      { name: 'tor', values: ['203.0.113.9'] },
    ],
    allowlists: [{ name: 'mine', items: ['192.0.2.1'] }],
  })
  const pull = (client = arranged.client, options = {}) => client.pullDecisions({ machineId: machine(), ...options })
  return { ...arranged, pull }
}

describe('a pull', () => {
  test('brings the stream, the lists and the allowlists, and the set answers from then on', async () => {
    const { client, pull } = seeded()
    const report = await pull()
    expect(report).toMatchObject({ pulled: true, nextInMs: 2 * HOUR_MS, added: 2, removed: 0, size: 5 })
    expect(report.lists).toEqual([
      { kind: 'blocklist', name: 'firehol', outcome: 'replaced', skipped: 0 },
      { kind: 'blocklist', name: 'tor', outcome: 'replaced', skipped: 0 },
      { kind: 'allowlist', name: 'mine', outcome: 'replaced', skipped: 0 },
    ])
    const set = await client.decisions()
    expect(set.check('198.51.100.70')).toMatchObject({ remediation: 'captcha', reason: 'firehol' })
    expect(set.check('2001:db8::1')).toMatchObject({ origin: 'CAPI', remediation: 'ban' })
    expect(set.check('192.0.2.1'), 'allowed').toBeUndefined()
  })

  test('happens once in two hours, whichever process asks and however often it restarts; force overrides', async () => {
    const { connect, emulator, advance, pull } = seeded()
    await pull()
    advance(HOUR_MS)
    const other = connect()
    expect(await pull(other)).toMatchObject({ pulled: false, nextInMs: HOUR_MS, size: 5 })
    expect((await other.decisions()).check('203.0.113.9')?.reason).toBe('tor')
    expect(emulator.record.count({ route: 'decisions' })).toBe(1)
    expect(await pull(other, { force: true })).toMatchObject({ pulled: true })
    advance(2 * HOUR_MS)
    expect(await pull()).toMatchObject({ pulled: true })
    expect(emulator.record.count({ route: 'decisions' })).toBe(3)
  })

  test('of ten clients at once is one', async () => {
    const { connect, emulator, pull } = seeded()
    const reports = await Promise.all(Array.from({ length: 10 }, () => pull(connect())))
    expect(reports.filter(({ pulled }) => pulled)).toHaveLength(1)
    expect(reports.every(({ size }) => size === 5)).toBe(true)
    expect(emulator.record.count({ route: 'decisions' })).toBe(1)
  })

  test('that CAPI refuses changes nothing, and the next one may come at once', async () => {
    const { client, emulator, advance, pull } = seeded()
    await pull()
    advance(2 * HOUR_MS)
    emulator.faults.inject({ route: 'decisions', status: 400 })
    await expect(pull()).rejects.toMatchObject({ code: 'bad_request' })
    expect((await client.decisions()).size).toBe(5)
    expect(await pull()).toMatchObject({ pulled: true })
  })
})

describe('where the server tells each machine only what changed since its last answer', () => {
  const seededWithDeltas = () => {
    const kept = { value: '192.0.2.1', duration: '96h' }
    const arranged = arrange({ decisionDeltas: true, decisions: [kept] })
    const pull = (client = arranged.client) => client.pullDecisions({ machineId: machine(), force: true })
    const blocked = async (client = arranged.client) => {
      const set = await client.decisions()
      return ['192.0.2.1', '192.0.2.2', '192.0.2.3'].filter((address) => set.check(address) !== undefined)
    }
    const queries = () =>
      arranged.emulator.record.of('decisions').map(({ path }) => new URL(path, 'http://x.example').search)
    return { ...arranged, kept, pull, blocked, queries }
  }

  test('the first pull of a store asks for everything, the next ones for what is new', async () => {
    const { emulator, pull, blocked, queries, kept } = seededWithDeltas()
    await pull()
    emulator.setDecisions([kept, { value: '192.0.2.2', duration: '96h' }])
    expect(await pull()).toMatchObject({ added: 1 })
    expect(await blocked()).toEqual(['192.0.2.1', '192.0.2.2'])
    expect(queries()).toEqual(['?startup=true', ''])
  })

  test('a store that has lost its blocklist recovers with its next pull', async () => {
    const { pull, blocked, connect, storage } = seededWithDeltas()
    await pull()
    await storage.setState('decisions:snapshot', undefined)
    const restarted = connect()
    expect(await blocked(restarted)).toEqual([])
    expect(await pull(restarted)).toMatchObject({ pulled: true, size: 1 })
    expect(await blocked(restarted)).toEqual(['192.0.2.1'])
  })

  test('a damaged copy in the store recovers as well', async () => {
    const { pull, blocked, connect, storage } = seededWithDeltas()
    await pull()
    await storage.setState('decisions:snapshot', new TextEncoder().encode('not JSON'))
    const other = connect()
    await pull(other)
    expect(await blocked(other)).toEqual(['192.0.2.1'])
  })

  test.each(['cut', 'truncated', 'reset-after'] as const)(
    'an answer that is lost on its way (%s) is asked for again, whole',
    async (kind) => {
      const { emulator, pull, blocked, queries, kept } = seededWithDeltas()
      await pull()
      emulator.setDecisions([kept, { value: '192.0.2.2', duration: '96h' }])
      emulator.faults.inject({ route: 'decisions', kind })
      await pull()
      expect(await blocked()).toEqual(['192.0.2.1', '192.0.2.2'])
      expect(queries()).toEqual(['?startup=true', '', '?startup=true'])
    },
  )

  test('an answer that was never stored is asked for again, whole, by whichever process is next', async () => {
    const { emulator, client, pull, blocked, connect, kept } = seededWithDeltas()
    await pull()
    emulator.setDecisions([kept, { value: '192.0.2.3', duration: '96h' }])
    emulator.setBlocklists([{ name: 'list', values: ['198.51.100.7'] }])
    const stop = new AbortController()
    const when = () => {
      queueMicrotask(() => stop.abort())
      return true
    }
    emulator.faults.inject({ route: 'blocklist', kind: 'hang', when })
    const call = client.pullDecisions({ machineId: machine(), force: true, signal: stop.signal })
    await expect(call).rejects.toMatchObject({ code: 'aborted' })
    const next = connect()
    await pull(next)
    expect(await blocked(next)).toEqual(['192.0.2.1', '192.0.2.3'])
  })

  test('an answer that refuses is no lost one', async () => {
    const { emulator, pull, queries } = seededWithDeltas()
    await pull()
    emulator.faults.inject({ route: 'decisions', status: 503 })
    await pull()
    expect(queries()).toEqual(['?startup=true', '', ''])
  })

  test('getDecisions asks for everything where it is told to', async () => {
    const { client, emulator } = seededWithDeltas()
    const got = async (startup?: boolean) =>
      (await client.getDecisions({ machineId: machine(), ...(startup !== undefined && { startup }) })).new.length
    expect([await got(), await got(), await got(true), await got(false)]).toEqual([1, 0, 1, 0])
    expect(emulator.record.of('decisions')).toHaveLength(4)
  })
})

describe('a pull that is broken off', () => {
  test('while its lists come changes nothing, and the next one brings everything', async () => {
    const { client, emulator, advance, pull } = seeded()
    await pull()
    emulator.setDecisions([{ value: '192.0.2.2', duration: '96h' }])
    emulator.setBlocklists([
      { name: 'firehol', values: ['198.51.100.8'] },
      { name: 'tor', values: ['203.0.113.10'] },
    ])
    advance(2 * HOUR_MS)
    const stop = new AbortController()
    emulator.faults.inject({
      route: 'blocklist',
      skip: 1,
      when: () => {
        stop.abort()
        return true
      },
      kind: 'hang',
    })
    const before = [...(await client.decisions()).entries()]
    await expect(pull(client, { signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' })
    expect([...(await client.decisions()).entries()]).toEqual(before)
    emulator.faults.clear()
    expect(await pull()).toMatchObject({ pulled: true })
    const set = await client.decisions()
    expect(['192.0.2.2', '198.51.100.8', '203.0.113.10'].map((ip) => set.check(ip)?.value)).toEqual([
      '192.0.2.2',
      '198.51.100.8',
      '203.0.113.10',
    ])
  })

  test('because another process has stored a newer one leaves that one alone, and may be repeated', async () => {
    const { client, connect, emulator, storage, advance, pull } = seeded()
    await pull()
    advance(2 * HOUR_MS)
    emulator.setBlocklists([{ name: 'tor', values: ['203.0.113.10'] }])
    const other = connect()
    let overtaking: Promise<unknown> | undefined
    emulator.faults.inject({
      route: 'blocklist',
      when: () => {
        // As if this process had been asleep until its lock ran out.
        overtaking ??= storage.setState('decisions:pull', undefined).then(() => pull(other))
        return false
      },
    })
    const slow = pull(
      connect({
        fetch: async (input, init) => {
          const answer = await emulator.fetch(input, init)
          if (String(input).includes('/blocklists/')) await overtaking
          return answer
        },
      }),
    )
    await expect(slow).rejects.toMatchObject({ code: 'pull_overtaken', retryable: true })
    expect((await client.decisions()).check('203.0.113.10')?.reason).toBe('tor')
  })
})

describe('a list', () => {
  test('that did not change is not downloaded again, unless its entries would run out before the next pull', async () => {
    const { emulator, advance, pull } = seeded()
    await pull()
    advance(2 * HOUR_MS)
    const outcomes = async () => (await pull()).lists.map(({ outcome }) => outcome)
    expect(await outcomes()).toEqual(['unchanged', 'unchanged', 'unchanged'])
    expect(emulator.record.count({ route: 'blocklist', status: 304 })).toBe(2)
    advance(21 * HOUR_MS)
    expect(await outcomes()).toEqual(['replaced', 'replaced', 'unchanged'])
  })

  test.each([
    ['remediation', { remediation: 'ban' }, 'ban', 24],
    ['duration', { duration: '12h' }, 'captcha', 12],
  ])('that did not change, but whose %s did, is taken anew', async (_, terms, remediation, hours) => {
    const { client, emulator, advance, pull, clock } = seeded()
    const list = { name: 'firehol', values: ['198.51.100.7'], remediation: 'captcha', duration: '24h' }
    emulator.setBlocklists([list])
    await pull()
    advance(2 * HOUR_MS)
    emulator.setBlocklists([{ ...list, ...terms }])
    expect((await pull()).lists[0]).toMatchObject({ name: 'firehol', outcome: 'replaced' })
    const decision = (await client.decisions()).check('198.51.100.7')
    expect(decision).toMatchObject({ remediation, expiresAt: clock.now() + hours * HOUR_MS })
    advance(2 * HOUR_MS)
    expect((await pull()).lists[0]).toMatchObject({ outcome: 'unchanged' })
  })

  test('whose entries are all passed over protects from nobody, and a warning says so', async () => {
    const { client, emulator, advance, pull } = seeded()
    await pull()
    advance(2 * HOUR_MS)
    const warnings: unknown[] = []
    client.on('warning', (warning) => warnings.push(warning))
    emulator.setBlocklists([{ name: 'tor', values: ['0.0.0.0 evil.example', '0.0.0.0 worse.example'] }])
    expect((await pull()).lists[0]).toMatchObject({ name: 'tor', outcome: 'replaced', skipped: 2 })
    expect(warnings).toMatchObject([
      {
        code: 'list_without_entries',
        message:
          'The blocklist "tor" protects from nobody: it has lines, but none was taken. "tor:1" must not be private, loopback, link-local or multicast (got "0.0.0.0")',
      },
    ])
  })

  test('that cannot be downloaded stays as it was, the others are replaced, and nobody pauses for its 403', async () => {
    const { client, emulator, advance, pull } = seeded()
    await pull()
    const warnings: object[] = []
    client.on('warning', (warning) => warnings.push(warning))
    emulator.setBlocklists([
      { name: 'firehol', values: ['198.51.100.8'] },
      { name: 'tor', values: ['203.0.113.10'] },
    ])
    advance(2 * HOUR_MS)
    emulator.faults.inject({ route: 'blocklist', status: 403 })
    const { lists } = await pull()
    expect(lists.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'firehol failed',
      'tor replaced',
      'mine unchanged',
    ])
    const set = await client.decisions()
    expect([set.check('198.51.100.7')?.reason, set.check('203.0.113.9'), set.check('203.0.113.10')?.reason]).toEqual([
      'firehol',
      undefined,
      'tor',
    ])
    expect(warnings).toMatchObject([{ code: 'list_failed', error: { code: 'download_failed' } }])
    expect(await client.stats()).toMatchObject({ pausedUntil: undefined })
  })

  const notLists: readonly [string, { body: string; headers?: Record<string, string> }, string][] = [
    [
      'a page',
      { body: '<!doctype html>\n<title>Sign in</title>', headers: { 'content-type': 'text/html' } },
      'doctype',
    ],
    [
      'a page that calls itself text',
      { body: '<html>\n<h1>Blocked</h1>', headers: { 'content-type': 'text/plain' } },
      '<html>',
    ],
    [
      'a page that holds a list',
      { body: '203.0.113.10\n203.0.113.11', headers: { 'content-type': 'text/html' } },
      '203.0.113.10',
    ],
    ['an error text', { body: 'Service temporarily unavailable' }, 'Service temporarily unavailable'],
    ['an error as JSON', { body: '{"message":"Forbidden"}' }, 'Forbidden'],
    ['bytes', { body: '\u001f\ufffd\b\u0000\u0000\u0003K' }, 'u{1f}'],
  ]
  test.each(notLists)(
    'that comes as %s stays as it was, allowlists too, and the warning says why',
    async (_, fault, why) => {
      const { client, emulator, advance, pull } = seeded()
      await pull()
      const before = [...(await client.decisions()).entries()].map(({ value }) => value)
      const warnings: { code: string; message: string }[] = []
      client.on('warning', (warning) => warnings.push(warning))
      advance(2 * HOUR_MS)
      for (const route of ['blocklist', 'allowlist'] as const)
        emulator.faults.inject({ route, status: 200, times: 9, ...fault })
      const { lists } = await pull()
      expect(lists.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
        'firehol failed',
        'tor failed',
        'mine failed',
      ])
      expect(warnings.map(({ code }) => code)).toEqual(['list_failed', 'list_failed', 'list_failed'])
      for (const { message } of warnings) expect(message).toContain(why)
      const set = await client.decisions()
      expect([...set.entries()].map(({ value }) => value)).toEqual(before)
      expect(set.check('192.0.2.1'), 'allowed').toBeUndefined()
      emulator.faults.clear()
      advance(2 * HOUR_MS)
      expect((await pull()).lists.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged', 'unchanged'])
    },
  )

  test('that is empty is an empty list', async () => {
    const { client, emulator, advance, pull } = seeded()
    await pull()
    advance(2 * HOUR_MS)
    emulator.faults.inject({ route: 'blocklist', status: 200, times: 9, body: '' })
    expect((await pull()).lists.map(({ outcome }) => outcome)).toEqual(['replaced', 'replaced', 'unchanged'])
    expect((await client.decisions()).size).toBe(2)
  })

  /**
   * A client whose next answer of the stream is this one, and whose links all lead to these lines.
   */
  const answered = (body: object, linesOf: (path: string) => string) => {
    const { connect, emulator } = arrange()
    const client = connect({
      fetch: async (input, init) => {
        const { pathname } = new URL(String(input))
        return pathname.startsWith('/lists/') ? new Response(linesOf(pathname)) : emulator.fetch(input, init)
      },
    })
    emulator.faults.inject({ route: 'decisions', status: 200, body })
    const warnings: { code: string; message: string }[] = []
    client.on('warning', (warning) => warnings.push(warning))
    return { client, warnings, pull: () => client.pullDecisions({ machineId: machine() }) }
  }
  const link = (path: string, name: string, remediation = 'ban', scope = 'ip') => ({
    name,
    url: `http://127.0.0.1:8088/lists/${path}`,
    remediation,
    scope,
    duration: '96h',
  })

  test('that is linked twice in one answer is the one of the first link, and the other is told of', async () => {
    const body = { links: { blocklists: [link('1', 'tor'), link('2', 'tor')] } }
    const { client, warnings, pull } = answered(body, (path) => `203.0.113.${path.slice(-1)}`)
    const { lists } = await pull()
    expect(lists.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['tor replaced', 'tor failed'])
    expect(warnings).toMatchObject([{ code: 'list_failed', message: expect.stringContaining('linked twice') }])
    expect(warnings[0]?.message, 'it was replaced').not.toContain('stays as it was')
    const set = await client.decisions()
    expect([...set.entries()].map(({ value }) => value)).toEqual(['203.0.113.1'])
  })

  test('comes, and so does everything else, whatever words others write', async () => {
    const words = [
      'constructor',
      '__proto__',
      'toString',
      'hasOwnProperty',
      'valueOf',
      '',
      'x'.repeat(10_000),
      'a\0\u2028"b',
    ]
    const allowlist = (name: string, index: number) => ({
      id: name,
      name,
      description: name,
      url: `http://127.0.0.1:8088/lists/allow/${index}`,
      created_at: '',
      updated_at: '',
    })
    const body = {
      new: words.map((scenario, index) => ({
        scenario,
        scope: 'Ip',
        decisions: [scenario, `203.0.113.${index}`, '198.51.100.7'].map((value) => ({ value, duration: '96h' })),
      })),
      deleted: [{ scope: 'Ip', decisions: words }],
      links: {
        blocklists: words.map((word, index) => link(`block/${index}`, word, word, index === 0 ? 'ip' : word)),
        allowlists: words.map(allowlist),
      },
    }
    const { client, pull } = answered(body, (path) =>
      path.includes('allow') ? '{"value":"198.51.100.7","__proto__":{"value":"203.0.113.0"}}' : '198.51.100.8\n',
    )
    const { added, lists } = await pull()
    expect(added).toBe(words.length + 1)
    expect(lists.map(({ outcome }) => outcome)).toEqual([...words, ...words].map(() => 'replaced'))
    const set = await client.decisions()
    expect(words.map((_, index) => set.check(`203.0.113.${index}`)?.reason)).toEqual(words)
    expect([set.check('198.51.100.7'), set.check('198.51.100.8')?.reason]).toEqual([undefined, 'constructor'])
    expect(set.checkScope('__proto__', '198.51.100.8')).toMatchObject({ reason: '__proto__', remediation: '__proto__' })
    expect((await client.pullDecisions({ machineId: machine(), force: true })).pulled).toBe(true)
  })

  test('comes although a duration of the stream lies before all time', async () => {
    const decisions = ['-2562047h', '96h'].map((duration, index) => ({ value: `203.0.113.${index}`, duration }))
    const { client, pull } = answered({ new: [{ scenario: 's', scope: 'Ip', decisions }] }, () => '')
    expect(await pull()).toMatchObject({ pulled: true, added: 1, size: 1 })
    expect((await client.decisions()).check('203.0.113.1')?.reason).toBe('s')
  })

  test('that is not linked any more is gone, and the report says so', async () => {
    const { client, emulator, advance, pull } = seeded()
    await pull()
    emulator.setBlocklists([{ name: 'tor', values: ['203.0.113.9'] }])
    emulator.setAllowlists([])
    advance(2 * HOUR_MS)
    const { lists } = await pull()
    expect(lists.map(({ kind, name, outcome }) => `${kind} ${name} ${outcome}`)).toEqual([
      'blocklist tor unchanged',
      'blocklist firehol removed',
      'allowlist mine removed',
    ])
    advance(2 * HOUR_MS)
    expect((await pull()).lists, 'told once').toHaveLength(1)
    const set = await client.decisions()
    expect([set.check('198.51.100.7'), set.check('203.0.113.9')?.reason, set.check('192.0.2.1')?.origin]).toEqual([
      undefined,
      'tor',
      'CAPI',
    ])
  })

  test('whose stored ETag and date no request can carry is downloaded whole', async () => {
    const { storage, pull } = seeded()
    await pull()
    const key = 'decisions:snapshot'
    const stored = await storage.getState(key)
    const pointer = JSON.parse(new TextDecoder().decode(stored?.value))
    for (const name of Object.keys(pointer.lists)) pointer.lists[name] = { etag: 'one\ntwo', lastModified: '\0' }
    await storage.setState(key, new TextEncoder().encode(JSON.stringify(pointer)))
    const { lists } = await pull(undefined, { force: true })
    expect(lists.map(({ outcome }) => outcome)).toEqual(['replaced', 'replaced', 'replaced'])
  })

  test('whose link cannot be read stays, as do all lists that are not linked in that answer', async () => {
    const { client, emulator, advance, pull } = seeded()
    await pull()
    const warnings: unknown[] = []
    client.on('warning', ({ code, message }) => warnings.push({ code, message }))
    advance(2 * HOUR_MS)
    const links = { blocklists: [{ name: 'firehol', url: 5 }], allowlists: null }
    emulator.faults.inject({ route: 'decisions', status: 200, body: { links } })
    expect(await pull()).toMatchObject({ pulled: true, lists: [], size: 5 })
    expect((await client.decisions()).check('203.0.113.9')?.reason).toBe('tor')
    expect(warnings).toEqual([
      {
        code: 'list_failed',
        message: expect.stringMatching(/^A link to a list cannot be read, .* links\.blocklists\[0\]/),
      },
    ])
  })

  test('that is hostile is refused and told of, and the others are replaced', async () => {
    const { emulator, pull } = seeded()
    emulator.faults.inject({ route: 'blocklist', status: 200, body: 'x'.repeat(20_000) })
    const { lists } = await pull()
    expect(lists).toMatchObject([
      { name: 'firehol', outcome: 'failed', error: { code: 'download_too_large' } },
      { name: 'tor', outcome: 'replaced' },
      { name: 'mine', outcome: 'replaced' },
    ])
  })

  test('gets neither token nor cookie, and the user agent of the client', async () => {
    const { emulator, pull } = seeded()
    await pull()
    const { headers } = emulator.record.last('blocklist') ?? { headers: {} }
    expect(headers).toMatchObject({ 'user-agent': expect.stringContaining('cscapi-ts/') })
    expect(headers).not.toHaveProperty('authorization')
  })
})

describe('the set', () => {
  test('survives a restart without a request', async () => {
    const { connect, emulator, client, pull } = seeded()
    await pull()
    await client.close()
    const requests = emulator.record.count()
    const again = connect()
    expect((await again.decisions()).check('198.51.100.7')).toMatchObject({ reason: 'firehol', remediation: 'captcha' })
    expect(emulator.record.count()).toBe(requests)
  })

  test('is the same object for good, follows other processes, and tells of what changes', async () => {
    const { connect, emulator, advance, pull } = seeded()
    const [one, other] = [connect(), connect()]
    await pull(one)
    const set = await other.decisions()
    const changes: object[] = []
    set.on('change', (change) => changes.push(change))
    emulator.setBlocklists([{ name: 'tor', values: ['203.0.113.10'] }])
    advance(2 * HOUR_MS)
    await pull(one)
    expect(await other.decisions()).toBe(set)
    expect(changes).toEqual([{ added: ['203.0.113.10'], removed: ['198.51.100.7', '198.51.100.64/26', '203.0.113.9'] }])
  })

  test.each(['its bytes are others', 'its bytes are gone', 'its pointer is none'])(
    'whose snapshot is damaged (%s) begins anew, with a warning and everything downloaded again',
    async (damage) => {
      const { connect, storage, emulator, advance, pull } = seeded()
      await pull()
      const pointer = await storage.getState('decisions:snapshot')
      const { generation } = JSON.parse(Buffer.from(pointer?.value ?? []).toString())
      const key = damage === 'its pointer is none' ? 'decisions:snapshot' : `decisions:snapshot:${generation}:0`
      await storage.setState(key, damage === 'its bytes are gone' ? undefined : new Uint8Array(100))
      advance(MINUTE_MS)
      const again = connect()
      const warnings: object[] = []
      again.on('warning', (warning) => warnings.push(warning))
      expect((await again.decisions()).size).toBe(0)
      expect(warnings).toMatchObject([{ code: 'snapshot_corrupt' }])
      expect(await pull(again)).toMatchObject({ pulled: true, size: 5 })
      expect(emulator.record.count({ route: 'blocklist', status: 304 })).toBe(0)
    },
  )

  test('leaves no chunks behind but those of the last two pulls', async () => {
    const { storage, advance, pull } = seeded()
    const generations: string[] = []
    for (let round = 0; round < 4; round += 1) {
      await pull()
      const pointer = await storage.getState('decisions:snapshot')
      generations.push(JSON.parse(Buffer.from(pointer?.value ?? []).toString()).generation)
      advance(2 * HOUR_MS)
    }
    const there = await Promise.all(
      generations.map(async (one) => (await storage.getState(`decisions:snapshot:${one}:0`)) !== undefined),
    )
    expect(there).toEqual([false, false, true, true])
  })
})

test('a fresh machine that gets nothing has an empty set', async () => {
  const { client } = arrange()
  expect(await client.pullDecisions({ machineId: machine() })).toMatchObject({
    pulled: true,
    added: 0,
    size: 0,
    lists: [],
  })
})

test('of started clients one pulls, every two hours and up to 10 % later, and the sets of all follow within a minute', async () => {
  const { time, emulator, connect } = arrangeScheduled({ blocklists: [{ name: 'tor', values: ['203.0.113.1'] }] })
  const clients = [connect().client, connect().client, connect().client]
  for (const client of clients) await client.start({ pullMachineId: machine() })
  const sets = await Promise.all(clients.map((client) => client.decisions()))
  for (const host of [1, 2, 3]) {
    emulator.setBlocklists([{ name: 'tor', values: [`203.0.113.${host}`] }])
    await time.advance(host === 1 ? 2 * MINUTE_MS : 2.2 * HOUR_MS + 2 * MINUTE_MS)
    expect(sets.map((set) => [...set.entries()].map(({ value }) => value))).toEqual(
      clients.map(() => [`203.0.113.${host}`]),
    )
  }
  for (const client of clients) await client.close()
  expect(emulator.record.count({ route: 'decisions' })).toBe(3)
})

test('a pull by hand puts the scheduled one off, so that two hours are between them', async () => {
  const { time, emulator, connect } = arrangeScheduled()
  const { client } = connect({ random: () => 0 })
  await client.start({ pullMachineId: machine() })
  await time.advance(HOUR_MS)
  await client.pullDecisions({ machineId: machine(), force: true })
  await time.advance(5 * HOUR_MS)
  await client.close()
  const pulls = emulator.record.of('decisions').map(({ at }) => at)
  expect(pulls.slice(1).map((at, index) => Math.round((at - (pulls[index] ?? 0)) / HOUR_MS))).toEqual([1, 2, 2])
})
