import { generateMachineIdFromKey } from '@cscapi/core'
import { createSignal, type Signal } from '@cscapi/signals'
import { copyStorage, MemoryStorage } from '@cscapi/storage'
import { turnsDuring } from '@cscapi/test-servers/turns-during'
import { beforeEach, describe, expect, test } from 'vitest'
import { CapiClient, type CapiClientOptions } from './index.js'
import { applyRetention } from './kept-signals/retention.js'

const machineIds = Array.from({ length: 20 }, (_, index) => generateMachineIdFromKey(`sensor-${index}`))

const signal = (index: number): Signal =>
  createSignal({
    attackerIp: `203.0.113.${index % 250}`,
    scenario: 'crowdsecurity/ssh-bf',
    createdAt: new Date('2026-01-01T00:00:00Z'),
    machineId: machineIds[index % machineIds.length] as string,
  })

function* signals(count: number) {
  for (let index = 0; index < count; index += 1) yield signal(index)
}

let storage: MemoryStorage
const clientWith = (options: Partial<CapiClientOptions> = {}) =>
  new CapiClient({ storage, scenarios: ['crowdsecurity/ssh-bf'], environment: 'development', ...options })

beforeEach(() => {
  storage = new MemoryStorage()
})

describe('the event loop has a turn', () => {
  test('after each slice of an iterable, and while a slice is checked', async () => {
    const client = clientWith()
    expect(await turnsDuring(() => client.addSignals(signals(10_000)))).toBeGreaterThanOrEqual(10 * 10)
  })

  test('while an array is checked, which is stored whole', async () => {
    const client = clientWith()
    const array = [...signals(10_000)]
    expect(await turnsDuring(() => client.addSignals(array))).toBeGreaterThanOrEqual(99)
    expect(await client.stats()).toMatchObject({ pending: 10_000 })
  })

  test('while repeats are told apart, remembered, shared and learned', async () => {
    const dedup = { by: ['source', 'machine'] as const, windowMs: 60_000 }
    const array = [...signals(10_000)]
    const plain = await turnsDuring(() => clientWith().addSignals(array))
    storage = new MemoryStorage()
    expect(await turnsDuring(() => clientWith({ dedup }).addSignals(array))).toBeGreaterThanOrEqual(plain + 19)
  })

  test('while a preview is made', async () => {
    const array = [...signals(2_000)]
    expect(await turnsDuring(() => clientWith().preview(array))).toBeGreaterThanOrEqual(19)
  })

  test('between the slices in which signals are dropped, purged, requeued, deleted and pruned', async () => {
    const client = clientWith()
    await client.addSignals([...signals(5_000)])
    for (let machines = 0; machines < machineIds.length; machines += 1) {
      const lease = await storage.lease({ leaseMs: 1_000, maxSignals: 500 })
      const rejected = lease?.signals.map(({ uuid }) => ({ uuid, reason: 'no' })) ?? []
      if (lease !== undefined) await storage.settle(lease, { rejected })
    }
    expect(await turnsDuring(() => client.requeueRejected())).toBeGreaterThanOrEqual(10)
    expect(await client.stats()).toMatchObject({ pending: 5_000, rejected: 0 })
    for (const machineId of machineIds) {
      await storage.createMachine({ machineId, password: 'p' })
      await storage.updateMachine(machineId, { failing: { reason: 'unauthorized', count: 1, retryAfterMs: 1_000 } })
    }
    expect(await turnsDuring(() => client.reviveMachines(machineIds.slice(0, 10)))).toBeGreaterThanOrEqual(10)
    expect(await turnsDuring(() => client.pruneFailingMachinesSignals())).toBeGreaterThanOrEqual(10)
    expect(await turnsDuring(() => client.deleteMachines(machineIds))).toBeGreaterThanOrEqual(1)
  })

  test('between the slices that retention deletes', async () => {
    await clientWith().addSignals([...signals(5_000)])
    for (let machines = 0; machines < machineIds.length; machines += 1) {
      const lease = await storage.lease({ leaseMs: 1_000, maxSignals: 500 })
      if (lease !== undefined)
        await storage.settle(lease, { sent: lease.signals.map(({ uuid }) => uuid), keepSent: true })
    }
    const { signal: never } = new AbortController()
    expect(await turnsDuring(() => applyRetention(storage, { keepSentMs: 0 }, never))).toBeGreaterThanOrEqual(10)
  })

  test('between the pages of a copy', async () => {
    await clientWith().addSignals([...signals(5_000)])
    const target = new MemoryStorage()
    expect(await turnsDuring(() => copyStorage(storage, target))).toBeGreaterThanOrEqual(10)
    expect(await target.stats()).toMatchObject({ pending: 5_000 })
  })
})

test('a timer that is due stops an iterable that would never end by itself', async () => {
  const client = clientWith()
  function* endless() {
    for (let index = 0; ; index += 1) yield signal(index)
  }
  const adding = client.addSignals(endless())
  setTimeout(() => client.stop(), 1)
  await expect(adding).rejects.toMatchObject({ code: 'client_stopped' })
})
