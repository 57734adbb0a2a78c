import { readFileSync } from 'node:fs'
import { createSignal } from '@cscapi/client'
import { MemoryStorage } from '@cscapi/storage'
import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, machine, SCENARIO, sendAll, signalsOf } from './arrange.js'

const ALWAYS = Number.POSITIVE_INFINITY
const ATTACHMENT_KEY = 'attachmentkey1'

/** What the emulator's answers can be told to lack: a token without claims. */
const opaqueToken = { status: 200, body: { code: 200, expire: '2099-01-01T00:00:00Z', token: 'opaque' } }

describe('logging in', () => {
  test('a token that does not say when it expires is used until CAPI refuses it', async () => {
    const { client, emulator, advance } = arrange()
    emulator.faults.inject({ route: 'login', ...opaqueToken, processed: true })
    emulator.faults.inject({ route: 'signals', status: 200, times: 3 })
    for (let day = 0; day < 3; day += 1) {
      await client.addSignals(signalsOf(machine(), 1))
      expect(await client.sendSignals()).toMatchObject({ sent: 1 })
      advance(24 * HOUR_MS)
    }
    expect(emulator.record.count({ route: 'login' })).toBe(1)
    await client.addSignals(signalsOf(machine(), 1))
    expect(await client.sendSignals()).toMatchObject({ sent: 1, logins: 1 })
  })

  test('with no extra tries every call is still tried once, and no machine fails for it', async () => {
    const { connect, emulator } = arrange()
    const client = connect({ maxRetries: 0 })
    await client.addSignals(signalsOf(machine(), 1))
    expect(await client.sendSignals()).toMatchObject({ sent: 1, failing: 0 })
    emulator.faults.inject({ route: 'decisions', status: 503, times: ALWAYS })
    await expect(client.getDecisions({ machineId: machine() })).rejects.toMatchObject({ status: 503 })
    expect(emulator.record.count({ route: 'decisions' })).toBe(1)
    expect(await client.stats()).toMatchObject({ failing: 0 })
  })

  test('the scenarios of a pull are those that were asked for, also after sending has refreshed the token', async () => {
    const { client, emulator } = arrange()
    const pull = () => client.getDecisions({ machineId: machine(), scenarios: ['acme/one', 'acme/two'] })
    await pull()
    emulator.machines.expireTokens()
    await client.addSignals(signalsOf(machine(), 1))
    await client.sendSignals()
    await pull()
    expect(emulator.record.of('login').map(({ body }) => body)).toMatchObject([
      { scenarios: ['acme/one', 'acme/two'] },
      { scenarios: [SCENARIO] },
      { scenarios: ['acme/one', 'acme/two'] },
    ])
  })

  test('scenarios travel as a list, name by name', async () => {
    const { connect, emulator } = arrange()
    const scenarios = ['acme/one', 'acme/two', 'acme/three']
    await connect({ scenarios }).getDecisions({ machineId: machine() })
    expect(emulator.record.last('login')?.body).toMatchObject({ scenarios })
  })
})

describe('trouble', () => {
  test('what was sent before a batch failed is settled: only the rest is sent again', async () => {
    const { client, emulator, advance } = arrange()
    const signals = signalsOf(machine(), 600)
    await client.addSignals(signals)
    emulator.faults.inject({ route: 'signals', status: 500, skip: 6, times: 1 })
    const first = await client.sendSignals()
    expect(first).toMatchObject({ sent: 300, postponed: 50 })
    expect(await client.stats()).toMatchObject({ pending: 300, sent: 300 })
    await sendAll(client, advance)
    expect(emulator.signals.size).toBe(600)
    expect(emulator.signals.duplicates()).toEqual([])
  })

  test.each(['reset', 'hang', 'cut', 'html'] as const)(
    'a call of one machine that ends with "%s" stops none of the others',
    async (kind) => {
      const { connect, emulator } = arrange()
      const client = connect({ timeoutMs: 50, leaseMs: 100 })
      await client.addSignals([1, 2, 3, 4].flatMap((number) => signalsOf(machine(number), 2)))
      emulator.faults.inject({ route: 'signals', kind, machineId: machine(2), times: ALWAYS })
      expect(await client.sendSignals({ concurrency: 1 })).toMatchObject({ sent: 6, postponed: 2, failing: 0 })
    },
  )

  test('a 404 is an error on every endpoint, never an empty success', async () => {
    const { client, emulator } = arrange()
    await client.addSignals(signalsOf(machine(), 1))
    await client.sendSignals()
    emulator.faults.inject({ status: 404, times: ALWAYS })
    await client.addSignals(signalsOf(machine(), 1))
    expect(await client.sendSignals()).toMatchObject({ sent: 0, postponed: 1 })
    await expect(client.getDecisions({ machineId: machine() })).rejects.toMatchObject({ status: 404 })
    const [enrolled] = await client.enrollMachines({ machineIds: [machine()], attachmentKey: ATTACHMENT_KEY })
    expect(enrolled?.status).not.toMatch(/enrolled/)
    await client.addSignals(signalsOf(machine(2), 1))
    await client.sendSignals()
    expect((await client.stats()).pending).toBe(2)
  })

  test('an enrolment that keeps failing is tried once and maxRetries times more for each machine', async () => {
    const { connect, emulator } = arrange()
    const client = connect({ maxRetries: 2 })
    emulator.faults.inject({ route: 'enroll', status: 500, times: ALWAYS })
    const machineIds = [machine(1), machine(2), machine(3)]
    const results = await client.enrollMachines({ machineIds, attachmentKey: ATTACHMENT_KEY })
    expect(results.map(({ status }) => status)).toEqual(['postponed', 'postponed', 'postponed'])
    expect(emulator.record.count({ route: 'enroll' })).toBe(9)
  })
})

describe('signals', () => {
  const decision = {
    duration: '4h',
    origin: 'crowdsec',
    scenario: SCENARIO,
    scope: 'Ip',
    type: 'ban',
    value: '203.0.113.7',
  }
  const input = {
    attackerIp: '203.0.113.7',
    scenario: SCENARIO,
    createdAt: new Date(1_700_000_000_000),
    machineId: machine(),
  }

  test('decisions that share an id are kept apart and sent as they are', async () => {
    const { client, emulator } = arrange()
    const signals = ['a', 'b'].map((uuid) =>
      createSignal({ ...input, decisions: [{ ...decision, id: 0, uuid: `decision-${uuid}` }] }),
    )
    await client.addSignals(signals)
    await client.sendSignals()
    expect(emulator.signals.values().map(({ signal }) => signal)).toEqual(signals)
  })

  test('one without decisions is sent without any', async () => {
    const { client, emulator } = arrange()
    await client.addSignals([createSignal(input)])
    await client.sendSignals()
    expect(emulator.signals.values()[0]?.signal).toMatchObject({ decisions: [] })
  })

  test('an array, however long, is one write to the store', async () => {
    let writes = 0
    const { connect, storage } = arrange()
    const counted = Object.assign(new MemoryStorage({ shared: storage }), {
      enqueue(signals: Parameters<MemoryStorage['enqueue']>[0]) {
        writes += 1
        return MemoryStorage.prototype.enqueue.call(counted, signals)
      },
    })
    const client = connect({ storage: counted })
    expect(await client.addSignals(signalsOf(machine(), 5_000))).toMatchObject({ added: 5_000 })
    expect(writes).toBe(1)
  })

  test('a uuid that comes again with other content neither replaces nor repeats the first', async () => {
    const { client, emulator } = arrange()
    const first = createSignal({ ...input, message: 'first' })
    await client.addSignals([first])
    await client.addSignals([{ ...first, message: 'second' }])
    await client.sendSignals({ prune: false })
    expect(await client.addSignals([{ ...first, message: 'third' }])).toMatchObject({ added: 0, duplicates: 1 })
    await client.sendSignals()
    expect(emulator.signals.get(first.uuid)).toMatchObject({ count: 1, signal: { message: 'first' } })
  })

  test.each([
    [new Date('2023-01-13T01:34:56.778Z'), '2023-01-13T01:34:56.778Z'],
    ['2023-01-13T03:34:56.778+02:00', '2023-01-13T01:34:56.778Z'],
    ['2024-01-19T12:12:21+0000', '2024-01-19T12:12:21.000Z'],
    ['2020-11-28 10:20:46.842701127 +0100 +0100', '2020-11-28T09:20:46.842701127Z'],
  ])('a time leaves in UTC, whatever its zone: %s', (createdAt, expected) => {
    expect(createSignal({ ...input, createdAt }).created_at).toBe(expected)
  })
})

describe('the table in docs/lessons.md', () => {
  const rows = readFileSync(new URL('../../../docs/lessons.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => /^\| (Python|PHP|Go|Field) \d+ /.test(line))

  test('has a row for each known defect of the Python and the PHP client', () => {
    const numbers = (client: string) =>
      rows.flatMap((row) => new RegExp(`^\\| ${client} (\\d+) `).exec(row)?.[1] ?? []).map(Number)
    expect(numbers('Python')).toEqual(Array.from({ length: 23 }, (_, index) => index + 1))
    expect(numbers('PHP')).toEqual(Array.from({ length: 13 }, (_, index) => index + 1))
  })

  test('names tests that exist', () => {
    const named = rows.flatMap((row) => [...row.matchAll(/`([\w/.-]+\.test\.ts)` › ([^;|]+)/g)])
    expect(named.length).toBeGreaterThanOrEqual(rows.length)
    for (const [, file = '', title = ''] of named) {
      const source = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')
      expect(source.includes(title.trim()), `${file} has no test “${title.trim()}”`).toBe(true)
    }
  })
})
