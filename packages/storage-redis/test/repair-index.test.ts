import { startRedis, startRedisCluster, type TestRedisCluster, type TestServer } from '@cscapi/test-servers'
import type { Cluster, Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { RedisStorage } from '../src/index.js'
import { connectClient, emptyStore, keysOf, type NamedStore, type Target } from './harness.js'
import { drain, expectIndexAgrees, signals } from './queue-checks.js'

let server: TestServer
let cluster: TestRedisCluster

beforeAll(async () => {
  server = await startRedis()
  cluster = await startRedisCluster({ masters: 3, replicas: 0 })
})
afterAll(async () => {
  await server?.stop()
  await cluster?.stop()
})

const targets: readonly [name: string, target: () => Target][] = [
  ['one server', () => ({ url: server.url })],
  ['a cluster', () => ({ nodes: cluster.urls })],
]

describe.each(targets)('on %s', (_, target) => {
  let store: NamedStore
  let storage: RedisStorage
  let client: Redis | Cluster

  beforeEach(async () => {
    store = await emptyStore(target())
    storage = new RedisStorage({ ...target(), namespace: store.namespace })
    await storage.open()
    client = connectClient(target())
  })
  afterEach(async () => {
    await storage.close()
    await client.quit()
    await store.destroy()
  })

  /** What a server forgets that fails over to a replica which had nothing of it yet. */
  async function forget(pattern: string): Promise<void> {
    for (const key of await keysOf(client, `${store.namespace}:${pattern}`)) await client.del(key)
  }

  test('an index that was lost is made anew from the partitions: machines are due again, and the totals right', async () => {
    const ids = ['a', 'b', '{odd}:*', 'ünï', '%']
    const batch = signals(ids, 4)
    for (const machineId of ids) await storage.createMachine({ machineId, password: 'p' })
    await storage.enqueue(batch)
    const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 4 })
    const [sent, rejected] = lease!.signals
    await storage.settle(lease!, { sent: [sent!.uuid], rejected: [{ uuid: rejected!.uuid, reason: 'no' }] })
    await storage.updateMachine('a', { failing: { reason: 'unauthorized', count: 1, retryAfterMs: 0 } })
    const before = await storage.stats()
    await forget('i:*')
    expect(await storage.lease({ leaseMs: 60_000, maxSignals: 4 })).toBeUndefined()

    await storage.repairIndex()
    expect(await storage.stats()).toEqual({ ...before, oldestPendingMs: expect.any(Number) })
    expect((await storage.listMachines()).machines.map(({ machineId }) => machineId).sort()).toEqual([...ids].sort())
    expect(await drain(storage)).toHaveLength(batch.length - 2)
    await expectIndexAgrees(storage)
  })

  test('a partition that was lost is forgotten by the index', async () => {
    await storage.enqueue(signals(['a', 'b'], 3))
    await forget('m:{a}:*')
    await storage.repairIndex()
    expect(await storage.stats()).toMatchObject({ pending: 3, machines: 1 })
    await expectIndexAgrees(storage)
  })

  test('a partition that went back in time is due again, although the index knows a later one that was drained', async () => {
    const batch = signals(['a'], 3)
    await storage.enqueue(batch)
    const earlier = await Promise.all(
      (await keysOf(client, `${store.namespace}:m:*`)).map(async (key) => [key, await client.dumpBuffer(key)] as const),
    )
    expect(await drain(storage)).toHaveLength(3)
    for (const [key, dump] of earlier) await client.restore(key, 0, dump!, 'REPLACE')
    expect(await drain(storage)).toEqual([])

    await storage.repairIndex()
    expect(await drain(storage)).toEqual(batch.map(({ uuid }) => uuid).sort())
  })

  test('nothing changes where the index was right, also while the store is in use', async () => {
    const batch = signals(['a', 'b', 'c'], 200)
    await storage.enqueue(batch)
    const repairs = Array.from({ length: 5 }, () => storage.repairIndex())
    const [sent] = await Promise.all([drain(storage), ...repairs])
    expect(sent).toHaveLength(batch.length)
    await expectIndexAgrees(storage)
  })
})
