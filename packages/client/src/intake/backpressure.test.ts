import { generateMachineIdFromKey } from '@cscapi/core'
import { createSignal, type Signal } from '@cscapi/signals'
import { MemoryStorage, type QueueStats } from '@cscapi/storage'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CapiClient, type CapiClientOptions, InputError, PartlyAddedError, QueueFullError } from '../index.js'

const machine = (number = 1) => generateMachineIdFromKey(`sensor-${number}`)

const attacks = (count: number, { by = 1 } = {}): Signal[] =>
  Array.from({ length: count }, () =>
    createSignal({
      attackerIp: '203.0.113.7',
      scenario: 'acme/http-bf',
      createdAt: new Date(1_700_000_000_000),
      machineId: machine(by),
    }),
  )

class CountedStorage extends MemoryStorage {
  counts = 0
  override async stats(): Promise<QueueStats> {
    this.counts += 1
    return super.stats()
  }
}

function arrange(options: Partial<CapiClientOptions>) {
  let now = 1_700_000_000_000
  const storage = new MemoryStorage({ now: () => now })
  const connect = () => {
    const own = new CountedStorage({ shared: storage })
    const client = new CapiClient({
      storage: own,
      scenarios: ['acme/http-bf'],
      environment: 'development',
      clock: { now: () => now, sleep: async () => undefined },
      ...options,
    })
    return Object.assign(client, { own })
  }
  const advance = (ms: number) => {
    now += ms
  }
  const pendingUuids = async () => {
    const { signals } = await storage.listSignals({ status: 'pending' }, { limit: 100_000 })
    return signals.map(({ uuid }) => uuid)
  }
  return { storage, connect, client: connect(), advance, pendingUuids }
}

describe('whenFull: reject', () => {
  test('is the default: a call that does not fit throws, says how many wait, and stores nothing', async () => {
    const { client } = arrange({ maxPending: 10 })
    expect(await client.addSignals(attacks(8))).toMatchObject({ added: 8, dropped: 0 })
    const failure = await client.addSignals(attacks(3)).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(QueueFullError)
    expect(failure).toMatchObject({ code: 'queue_full', retryable: true, pending: 8, maxPending: 10 })
    expect(await client.stats()).toMatchObject({ pending: 8 })
    expect(await client.addSignals(attacks(2))).toMatchObject({ added: 2 })
  })

  test('a call that can never fit is not worth repeating, and says so', async () => {
    const { client } = arrange({ maxPending: 10 })
    await expect(client.addSignals(attacks(11))).rejects.toMatchObject({ code: 'queue_full', retryable: false })
  })

  test('what is leased counts; what is sent makes room at once', async () => {
    const { client, storage } = arrange({ maxPending: 10 })
    await client.addSignals(attacks(10))
    const lease = await storage.lease({ leaseMs: 1_000, maxSignals: 4 })
    await expect(client.addSignals(attacks(1))).rejects.toMatchObject({ code: 'queue_full', pending: 10 })
    await storage.settle(lease ?? { machineId: '', token: '' }, { sent: lease?.signals.map(({ uuid }) => uuid) ?? [] })
    expect(await client.addSignals(attacks(4))).toMatchObject({ added: 4 })
  })

  test('what is filtered or a duplicate takes no room', async () => {
    const { client } = arrange({ maxPending: 10 })
    const first = attacks(5)
    await client.addSignals(first)
    expect(await client.addSignals(first)).toMatchObject({ added: 0, duplicates: 5 })
    const inside = attacks(9).map((signal) => ({ ...signal, source: { scope: 'ip', value: '10.0.0.1' } }))
    expect(await client.addSignals([...inside, ...attacks(5)])).toMatchObject({ added: 5, filtered: 9 })
  })

  test('a stream is stored up to the slice that does not fit', async () => {
    const { client } = arrange({ maxPending: 2_500 })
    const failure = await client.addSignals(attacks(5_000).values()).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(PartlyAddedError)
    expect(failure).toMatchObject({ code: 'queue_full', retryable: true, added: 2_000, index: 2_000 })
  })

  test('calls at the same time keep the bound exactly', async () => {
    const { client } = arrange({ maxPending: 100 })
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => client.addSignals(attacks(7))))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(14)
    expect(await client.stats()).toMatchObject({ pending: 98 })
  })

  test('whatever happens in one process, the bound holds and nothing that fits is refused', async () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 8 }) }),
      fc.record({ send: fc.integer({ min: 1, max: 8 }) }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 1, max: 20 }),
        async (steps, maxPending) => {
          const { client, storage } = arrange({ maxPending })
          let pending = 0
          for (const one of steps) {
            if ('add' in one) {
              const fits = pending + one.add <= maxPending
              const added = await client.addSignals(attacks(one.add)).then(
                ({ added: count }) => count,
                () => 0,
              )
              expect(added).toBe(fits ? one.add : 0)
              pending += added
            } else {
              const lease = await storage.lease({ leaseMs: 1_000, maxSignals: one.send })
              const sent = lease?.signals.map(({ uuid }) => uuid) ?? []
              if (lease !== undefined) await storage.settle(lease, { sent })
              pending -= sent.length
            }
          }
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('whenFull: drop-oldest', () => {
  test('deletes the oldest, counts them, and tells', async () => {
    const { client, advance, pendingUuids } = arrange({ maxPending: 10, whenFull: 'drop-oldest' })
    const events: unknown[] = []
    client.on('dropped', (event) => events.push(event))
    const signals = attacks(14)
    for (const signal of signals) {
      await client.addSignals([signal])
      advance(10)
    }
    expect(await pendingUuids()).toEqual(signals.slice(4).map(({ uuid }) => uuid))
    expect(events).toEqual(Array.from({ length: 4 }, () => ({ count: 1, reason: 'full' })))
    const more = attacks(5)
    expect(await client.addSignals(more)).toMatchObject({ added: 5, dropped: 5 })
    expect(await pendingUuids()).toEqual([...signals.slice(9), ...more].map(({ uuid }) => uuid))
  })

  test('goes by age over all machines', async () => {
    const { client, advance, storage } = arrange({ maxPending: 40, whenFull: 'drop-oldest' })
    for (let round = 0; round < 10; round += 1) {
      for (let number = 1; number <= 4; number += 1) await client.addSignals(attacks(1, { by: number }))
      advance(1_000)
    }
    expect(await client.addSignals(attacks(8, { by: 1 }))).toMatchObject({ added: 8, dropped: 8 })
    const { signals } = await storage.listSignals({ status: 'pending' }, { limit: 100 })
    expect(Math.max(...signals.map(({ ageMs }) => ageMs))).toBe(8_000)
  })

  test('a call larger than the bound keeps its newest', async () => {
    const { client, pendingUuids } = arrange({ maxPending: 10, whenFull: 'drop-oldest' })
    const signals = attacks(25)
    expect(await client.addSignals(signals)).toMatchObject({ added: 25, dropped: 15 })
    expect(await pendingUuids()).toEqual(signals.slice(15).map(({ uuid }) => uuid))
  })

  test('never touches what is being sent', async () => {
    const { client, storage, pendingUuids } = arrange({ maxPending: 10, whenFull: 'drop-oldest' })
    const first = attacks(10)
    await client.addSignals(first)
    const lease = await storage.lease({ leaseMs: 1_000, maxSignals: 6 })
    const second = attacks(10)
    expect(await client.addSignals(second)).toMatchObject({ added: 10, dropped: 10 })
    expect(await pendingUuids()).toEqual([...first.slice(0, 6), ...second.slice(6)].map(({ uuid }) => uuid))
    expect(await storage.settle(lease ?? { machineId: '', token: '' }, {})).toEqual({ lost: false })
  })

  test('dead letters are not pending, and stay', async () => {
    const { client, storage } = arrange({ maxPending: 3, whenFull: 'drop-oldest' })
    await client.addSignals(attacks(3))
    const lease = await storage.lease({ leaseMs: 1_000, maxSignals: 3 })
    const rejected = lease?.signals.map(({ uuid }) => ({ uuid, reason: 'no' })) ?? []
    await storage.settle(lease ?? { machineId: '', token: '' }, { rejected })
    expect(await client.addSignals(attacks(4))).toMatchObject({ dropped: 1 })
    expect(await client.stats()).toMatchObject({ pending: 3, rejected: 3 })
  })

  test('two processes that find the store full do not both empty it', async () => {
    const { connect, client, storage } = arrange({ maxPending: 100, whenFull: 'drop-oldest' })
    await client.addSignals(attacks(100))
    const results = await Promise.all([
      client.addSignals(attacks(50)),
      connect().addSignals(attacks(50)),
      connect().addSignals(attacks(50)),
    ])
    const { pending } = await storage.stats()
    const dropped = results.reduce((sum, result) => sum + result.dropped, 0)
    expect(250 - dropped).toBe(pending)
    expect(pending).toBeGreaterThanOrEqual(97)
    expect(pending).toBeLessThanOrEqual(100)
  })
})

describe('what it costs', () => {
  test('the store is counted every sixteenth of maxPending and every second, not per signal', async () => {
    const { client, advance } = arrange({ maxPending: 16_000 })
    for (let call = 0; call < 500; call += 1) await client.addSignals(attacks(1))
    expect(client.own.counts).toBe(1)
    for (let call = 0; call < 7; call += 1) await client.addSignals(attacks(100))
    expect(client.own.counts).toBe(2)
    advance(1_000)
    for (let call = 0; call < 10; call += 1) await client.addSignals(attacks(1))
    expect(client.own.counts).toBe(3)
  })

  test('a full store is relieved of a hundredth at a time', async () => {
    const { client } = arrange({ maxPending: 1_000, whenFull: 'drop-oldest' })
    await client.addSignals(attacks(1_000))
    expect((await client.addSignals(attacks(1))).dropped).toBe(11)
    const { counts } = client.own
    for (let call = 0; call < 10; call += 1) await client.addSignals(attacks(1))
    expect(client.own.counts - counts).toBeLessThanOrEqual(1)
  })

  test('several processes: each may miss a sixteenth of what another adds, and no more', async () => {
    const { client, connect, storage } = arrange({ maxPending: 1_600 })
    const all = [client, connect(), connect(), connect()]
    for (let round = 0; round < 1_000; round += 1) {
      for (const one of all) await one.addSignals(attacks(1)).catch(() => undefined)
    }
    const { pending } = await storage.stats()
    expect(pending).toBeGreaterThanOrEqual(1_600)
    expect(pending).toBeLessThanOrEqual(1_600 + 3 * 101)
  })
})

test('bounds that make no sense are refused when the client is made', () => {
  expect(() => arrange({ maxPending: 0 })).toThrow(InputError)
  expect(() => arrange({ maxPending: 10, whenFull: 'block' as unknown as 'reject' })).toThrow(/whenFull/)
})
