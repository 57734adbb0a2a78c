import { generateMachineIdFromKey } from '@cscapi/core'
import { createSignal, type Signal } from '@cscapi/signals'
import { MemoryStorage } from '@cscapi/storage'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { CapiClient, InputError, PartlyAddedError } from '../index.js'

const machineId = generateMachineIdFromKey('sensor-1')

const signal = (host = 7): Signal =>
  createSignal({
    attackerIp: `203.0.113.${host}`,
    scenario: 'crowdsecurity/ssh-bf',
    createdAt: new Date(1_700_000_000_000),
    machineId,
  })

let storage: MemoryStorage
let client: CapiClient

beforeEach(() => {
  storage = new MemoryStorage()
  client = new CapiClient({ storage, scenarios: ['crowdsecurity/ssh-bf'], environment: 'development' })
})

function* signals(count: number, bad?: number) {
  for (let index = 0; index < count; index += 1) {
    yield index === bad ? { ...signal(), stop_at: undefined as unknown as string } : signal(index % 250)
  }
}

describe('addSignals', () => {
  test('stores the exact JSON that will be sent', async () => {
    const one = signal()
    expect(await client.addSignals([one])).toEqual({ added: 1, duplicates: 0, filtered: 0, repeated: 0, dropped: 0 })
    const { signals: stored } = await storage.listSignals()
    expect(stored.map(({ payload }) => JSON.parse(payload))).toEqual([one])
  })

  test('a uuid that the store has is a duplicate, so that repeating is safe', async () => {
    const one = signal()
    await client.addSignals([one])
    expect(await client.addSignals([one, signal(8)])).toMatchObject({ added: 1, duplicates: 1 })
  })

  test('an array with one bad signal stores nothing, and every fault is named', async () => {
    const bad = { ...signal(), source: { scope: 'Ip' }, start_at: 7 } as unknown as Signal
    const failure = await client.addSignals([signal(), bad]).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(InputError)
    expect((failure as InputError).issues.map(({ path }) => path).sort()).toEqual([
      'signals[1].source.value',
      'signals[1].start_at',
    ])
    expect(await client.stats()).toMatchObject({ pending: 0 })
  })

  test('a signal without machine id or uuid is refused before it can get stuck in the queue', async () => {
    const { uuid: _, ...rest } = signal()
    const failure = await client.addSignals([{ ...rest, machine_id: 'short' }]).catch((error: unknown) => error)
    expect((failure as InputError).issues.map(({ path }) => path).sort()).toEqual([
      'signals[0].machine_id',
      'signals[0].uuid',
    ])
  })

  test('an iterable is stored in slices, and what was stored before a bad signal stays', async () => {
    const failure = await client.addSignals(signals(2_500, 2_100)).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(PartlyAddedError)
    expect(failure).toMatchObject({ code: 'invalid_input', added: 2_000, index: 2_000 })
    expect(String(failure)).toContain('signals[2100].stop_at')
    expect(await client.stats()).toMatchObject({ pending: 2_000 })
  })

  test('a source that fails is told apart from a store that fails', async () => {
    async function* broken() {
      yield signal()
      throw new Error('disk gone')
    }
    const failure = await client.addSignals(broken()).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'source_failed', added: 0, index: 0 })
    expect(String(failure)).toContain('disk gone')
  })

  test('sync and async iterables of any length are stored whole', async () => {
    async function* later(count: number) {
      yield* signals(count)
    }
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1, 999, 1_000, 1_001, 2_000), fc.boolean(), async (count, isAsync) => {
        const before = (await client.stats()).pending
        expect(await client.addSignals(isAsync ? later(count) : signals(count))).toMatchObject({
          added: count,
          duplicates: 0,
        })
        expect((await client.stats()).pending).toBe(before + count)
      }),
      { numRuns: 12 },
    )
  })

  test('a closed client says so', async () => {
    await client.close()
    await expect(client.addSignals([signal()])).rejects.toMatchObject({ code: 'client_closed' })
  })
})
