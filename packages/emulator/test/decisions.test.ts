import { describe, expect, test } from 'vitest'
import { createEmulator, type EmulatorOptions } from '../src/index.js'
import { Caller, MACHINES, OTHER_MACHINE_ID } from './caller.js'

interface Stream {
  new: { scenario: string; scope: string; decisions: { value: string; duration: string }[] }[]
  deleted: { scope: string; decisions: string[] }[]
  links: { blocklists: { name: string; url: string }[]; allowlists: { name: string; url: string }[] }
}

async function start(options: EmulatorOptions = {}) {
  const emulator = createEmulator({ machines: MACHINES, ...options })
  const capi = Caller.inProcess(emulator)
  const auth = await capi.authorised()
  const pull = async (query = '', as = auth) => (await capi.get(`/decisions/stream${query}`, as)).json as Stream
  return { emulator, capi, auth, pull }
}

describe('the decision stream', () => {
  test('groups a given list by scenario and scope, and tells addresses from ranges', async () => {
    const { pull } = await start({
      decisions: [
        { value: '203.0.113.7', scenario: 'acme/a' },
        { value: '203.0.113.8', scenario: 'acme/a', duration: '1h2m3.5s' },
        { value: '203.0.113.7', scenario: 'acme/b' },
        { value: '2001:db8::/64', scenario: 'acme/a' },
        { value: 'NL', scope: 'Country', scenario: 'acme/a' },
      ],
    })
    expect((await pull()).new).toEqual([
      {
        scenario: 'acme/a',
        scope: 'Ip',
        decisions: [
          { value: '203.0.113.7', duration: '24h' },
          { value: '203.0.113.8', duration: '1h2m3.5s' },
        ],
      },
      { scenario: 'acme/b', scope: 'Ip', decisions: [{ value: '203.0.113.7', duration: '24h' }] },
      { scenario: 'acme/a', scope: 'Range', decisions: [{ value: '2001:db8::/64', duration: '24h' }] },
      { scenario: 'acme/a', scope: 'Country', decisions: [{ value: 'NL', duration: '24h' }] },
    ])
  })

  test('hands out as many distinct generated decisions as asked for, none in an empty group', async () => {
    const { pull } = await start({ decisions: 2000 })
    const groups = (await pull()).new
    const values = groups.flatMap(({ decisions }) => decisions.map(({ value }) => value))
    expect(new Set(values).size).toBe(2000)
    expect(groups.every(({ decisions }) => decisions.length > 0)).toBe(true)
  })

  test('without decisions is empty but complete', async () => {
    const { pull } = await start()
    expect(await pull()).toEqual({ new: [], deleted: [], links: { blocklists: [], allowlists: [] } })
  })

  test('gives the full list on each pull, and as deleted what this machine has not been told yet', async () => {
    const { emulator, pull, capi } = await start({ decisions: [{ value: '203.0.113.7' }, { value: '203.0.113.0/25' }] })
    const other = await capi.authorised(OTHER_MACHINE_ID)
    expect((await pull()).deleted).toEqual([])
    emulator.setDecisions([{ value: '203.0.113.9' }])
    const gone = [
      { scope: 'Ip', decisions: ['203.0.113.7'] },
      { scope: 'Range', decisions: ['203.0.113.0/25'] },
    ]
    const second = await pull()
    expect(second.deleted).toEqual(gone)
    expect(second.new.flatMap(({ decisions }) => decisions)).toEqual([{ value: '203.0.113.9', duration: '24h' }])
    expect((await pull()).deleted).toEqual([])
    expect((await pull('', other)).deleted).toEqual([])
  })

  test('does not announce as deleted what came back before the next pull', async () => {
    const { emulator, pull } = await start({ decisions: [{ value: '203.0.113.7' }] })
    await pull()
    emulator.setDecisions([])
    emulator.setDecisions([{ value: '203.0.113.7' }])
    expect((await pull()).deleted).toEqual([])
  })

  test('honours community_pull and additional_pull, and ignores what it does not know', async () => {
    const { pull, emulator } = await start({ decisions: 3, blocklists: [{ name: 'list', values: ['203.0.113.1'] }] })
    const additionalOnly = await pull('?community_pull=false')
    expect([additionalOnly.new, additionalOnly.links.blocklists.length]).toEqual([[], 1])
    const communityOnly = await pull('?additional_pull=false&startup=true')
    expect([communityOnly.new.length > 0, communityOnly.links.blocklists]).toEqual([true, []])
    emulator.setDecisions(0)
    await pull('?community_pull=false')
    expect((await pull()).deleted.flatMap(({ decisions }) => decisions)).toHaveLength(3)
  })

  test('refuses a flag that is no boolean in strict mode only', async () => {
    for (const [strict, status] of [
      [true, 400],
      [false, 200],
    ] as const) {
      const { capi, auth } = await start({ strict })
      expect(await capi.get('/decisions/stream?community_pull=perhaps', auth)).toMatchObject({ status })
    }
  })
})

describe('with decisionDeltas', () => {
  const values = ({ new: groups }: Stream) => groups.flatMap(({ decisions }) => decisions.map(({ value }) => value))

  test('a machine is told everything once, and then what changed', async () => {
    const kept = { value: '203.0.113.1' }
    const { emulator, pull } = await start({ decisionDeltas: true, decisions: [kept, { value: '203.0.113.2' }] })
    expect(values(await pull())).toEqual(['203.0.113.1', '203.0.113.2'])
    expect(await pull()).toMatchObject({ new: [], deleted: [] })
    emulator.setDecisions([kept, { value: '203.0.113.3' }])
    const second = await pull()
    expect(values(second)).toEqual(['203.0.113.3'])
    expect(second.deleted).toEqual([{ scope: 'Ip', decisions: ['203.0.113.2'] }])
    expect(await pull()).toMatchObject({ new: [], deleted: [] })
    emulator.setDecisions([{ ...kept, duration: '48h' }, { value: '203.0.113.3' }])
    expect(values(await pull()), 'another duration is a change').toEqual(['203.0.113.1'])
  })

  test('startup=true is told everything again, all that was taken back included', async () => {
    const { emulator, pull } = await start({ decisionDeltas: true, decisions: [{ value: '203.0.113.1' }] })
    await pull()
    emulator.setDecisions([{ value: '203.0.113.2' }])
    await pull()
    const again = await pull('?startup=true')
    expect(values(again)).toEqual(['203.0.113.2'])
    expect(again.deleted).toEqual([{ scope: 'Ip', decisions: ['203.0.113.1'] }])
    expect(await pull()).toMatchObject({ new: [], deleted: [] })
  })

  test('each machine has its own past, and a pull without the community blocklist is none', async () => {
    const { pull, capi } = await start({ decisionDeltas: true, decisions: 3 })
    expect(values(await pull('?community_pull=false'))).toEqual([])
    expect(values(await pull())).toHaveLength(3)
    expect(values(await pull('', await capi.authorised(OTHER_MACHINE_ID)))).toHaveLength(3)
  })
})

describe('linked lists', () => {
  const lists: EmulatorOptions = {
    blocklists: [{ name: 'botnet', values: ['203.0.113.1', '203.0.113.0/30'], remediation: 'captcha', duration: '6h' }],
    allowlists: [
      {
        name: 'office',
        description: 'ours',
        items: [
          '198.51.100.0/24',
          { value: '2001:db8::1', expiration: '2030-01-01T00:00:00Z' },
          { value: 'root', scope: 'username' },
        ],
      },
    ],
    now: () => Date.UTC(2026, 10, 24, 12, 0, 0, 500),
  }

  test('are linked with absolute URLs of the server that was asked', async () => {
    const { emulator, pull } = await start(lists)
    const { links } = await pull()
    expect(links).toEqual({
      blocklists: [
        {
          name: 'botnet',
          url: expect.stringMatching(/^https:\/\/capi\.example\.com\/blocklists\/[\w-]{36}$/),
          remediation: 'captcha',
          scope: 'ip',
          duration: '6h',
        },
      ],
      allowlists: [
        {
          name: 'office',
          description: 'ours',
          id: 'office',
          url: expect.stringMatching(/^https:\/\/capi\.example\.com\/allowlists\/[\w-]{36}$/),
          created_at: '2026-11-24T12:00:00.000Z',
          updated_at: '2026-11-24T12:00:00.000Z',
        },
      ],
    })
    const behindProxy = new Caller(emulator.fetch, 'https://proxy.example.com/crowdsec/v3')
    const proxied = (await behindProxy.get('/decisions/stream', await behindProxy.authorised())).json as Stream
    expect(proxied.links.blocklists[0]?.url).toMatch(/^https:\/\/proxy\.example\.com\/crowdsec\/blocklists\//)
  })

  test('are served without a token: a value a line, or a JSON object with its scope a line', async () => {
    const { capi, pull } = await start(lists)
    const { links } = await pull()
    expect((await capi.get(links.blocklists[0]!.url)).json).toBe('203.0.113.1\n203.0.113.0/30')
    const allowlist = String((await capi.get(links.allowlists[0]!.url)).json)
    expect(allowlist.split('\n').map((line) => JSON.parse(line))).toEqual([
      { scope: 'range', value: '198.51.100.0/24' },
      { scope: 'ip', value: '2001:db8::1', expiration: '2030-01-01T00:00:00Z' },
      { scope: 'username', value: 'root' },
    ])
  })

  test('are answered 304 when If-Modified-Since or the ETag says that they are known', async () => {
    const { capi, pull } = await start(lists)
    const url = (await pull()).links.blocklists[0]!.url
    const first = await capi.get(url)
    const etag = first.headers.get('etag') ?? ''
    const status = async (headers: Record<string, string>) => (await capi.get(url, { headers })).status
    expect(first.headers.get('last-modified')).toBe('Tue, 24 Nov 2026 12:00:00 GMT')
    expect(await status({ 'if-modified-since': 'Tue, 24 Nov 2026 12:00:00 GMT' })).toBe(304)
    expect(await status({ 'if-modified-since': 'Tue, 24 Nov 2026 11:59:59 GMT' })).toBe(200)
    expect(await status({ 'if-modified-since': 'nonsense' })).toBe(200)
    expect(await status({ 'if-none-match': `"other", W/${etag}` })).toBe(304)
    expect(await status({ 'if-none-match': '"other"', 'if-modified-since': 'Tue, 24 Nov 2026 12:00:00 GMT' })).toBe(200)
  })

  test('get new URLs when they are replaced; the old ones are gone', async () => {
    const { emulator, capi, pull } = await start(lists)
    const before = (await pull()).links
    emulator.setBlocklists([{ name: 'botnet', values: ['203.0.113.2'] }])
    emulator.setAllowlists([])
    const after = (await pull()).links
    expect(after.allowlists).toEqual([])
    expect((await capi.get(after.blocklists[0]!.url)).json).toBe('203.0.113.2')
    expect(await capi.get(before.blocklists[0]!.url)).toMatchObject({ status: 404 })
    expect(await capi.get(before.allowlists[0]!.url)).toMatchObject({ status: 404 })
  })
})
