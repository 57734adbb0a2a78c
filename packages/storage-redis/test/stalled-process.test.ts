import { randomUUID } from 'node:crypto'
import type { QueuedSignal, Storage } from '@cscapi/storage'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RedisStorage } from '../src/index.js'
import { emptyStore, keysOf, type NamedStore } from './harness.js'
import { asOnCluster, StallingRedis } from './mortal-client.js'
import { drain } from './queue-checks.js'
import { testServer } from './test-server.js'

const server = testServer({ hasScripts: true })
let store: NamedStore
let other: Storage
let slow: { storage: Storage; client: StallingRedis }
let offsetMs = 0

beforeEach(async () => {
  offsetMs = 0
  store = await emptyStore({ url: server.url })
  other = await store.connect()
  const stalling = asOnCluster(new StallingRedis(server.url))
  stalling.offsetMs = () => offsetMs
  const storage = new RedisStorage({ client: stalling, namespace: store.namespace, testClockOffsetMs: () => offsetMs })
  await storage.open()
  slow = { storage, client: stalling }
})
afterEach(async () => {
  await slow.storage.close()
  slow.client.disconnect()
  await other.close()
  await store.destroy()
})

async function advance(ms: number): Promise<void> {
  offsetMs += ms
  await store.advance(ms)
}

function batch(machineIds: readonly string[]): QueuedSignal[] {
  return machineIds.map((machineId) => ({ machineId, uuid: randomUUID(), payload: '{}' }))
}

describe('a process that works step by step and stands still', () => {
  test.for([2, 3])(
    'before command %i of an enqueue for two machines, until others have replayed and sent it, adds nothing again',
    async (n) => {
      const signals = batch(['a', 'b'])
      const { stalled, goOn } = slow.client.stallAt(n)
      const enqueued = slow.storage.enqueue(signals)
      await stalled
      await advance(15_001)
      expect((await drain(other)).sort()).toEqual(signals.map(({ uuid }) => uuid).sort())
      goOn()
      await expect(enqueued).rejects.toMatchObject({ code: 'storage_busy' })
      expect(await drain(other)).toEqual([])
      expect(await other.stats()).toMatchObject({ pending: 0, leased: 0, sent: 2 })
    },
  )

  test('before its report, until others have reported the same machine, does not turn the index back', async () => {
    const { stalled, goOn } = slow.client.stallAt(3)
    const enqueued = slow.storage.enqueue(batch(['m']))
    await stalled
    await other.enqueue(batch(['m']))
    expect(await drain(other)).toHaveLength(2)
    goOn()
    expect(await enqueued).toEqual({ added: 1, duplicates: 0 })
    expect(await other.stats()).toMatchObject({ pending: 0, sent: 2, machines: 1, oldestPendingMs: undefined })
    expect(await other.lease({ leaseMs: 1_000, maxSignals: 1 })).toBeUndefined()
  })

  test('before its report, until the machine was deleted and that was forgotten, does not bring the machine back', async () => {
    const { stalled, goOn } = slow.client.stallAt(3)
    const created = slow.storage.createMachine({ machineId: 'm', password: 'p' })
    await stalled
    expect(await other.deleteMachines(['m'])).toBe(1)
    await advance(60_001)
    await other.createMachine({ machineId: 'another', password: 'p' })
    goOn()
    await created
    expect((await other.listMachines()).machines.map(({ machineId }) => machineId)).toEqual(['another'])
    expect(await other.stats()).toMatchObject({ machines: 1 })
    expect(await keysOf(server.client, `${store.namespace}:m:{m}:*`)).toEqual([])
  })
})
