import { randomUUID } from 'node:crypto'
import { StorageError } from '@cscapi/core'
import type { Storage } from '@cscapi/storage'
import { startRedisCluster, type TestRedisCluster } from '@cscapi/test-servers'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RedisStorage } from '../src/index.js'
import { Keys } from '../src/keys.js'
import { emptyStore } from './harness.js'
import { expectIndexAgrees } from './queue-checks.js'

let cluster: TestRedisCluster
let nodes: Redis[]

beforeAll(async () => {
  cluster = await startRedisCluster({ masters: 3, replicas: 0 })
  nodes = cluster.urls.map((url) => new Redis(url))
})
afterAll(async () => {
  for (const node of nodes) node.disconnect()
  await cluster.stop()
})

const machineIds = Array.from({ length: 12 }, (_, index) => `machine-${index}`)

/** The slot of a key, the node that has it, and another one. */
async function placeOf(key: string): Promise<{ slot: number; from: Redis; to: Redis }> {
  const slot = await nodes[0]!.cluster('KEYSLOT', key)
  const ranges = await nodes[0]!.cluster('SLOTS')
  const [, , master] = ranges.find(([first, last]) => first <= slot && slot <= last)!
  const port = master![1]
  const from = nodes.find(({ options }) => options.port === port)!
  const to = nodes[(nodes.indexOf(from) + 1) % nodes.length]!
  return { slot, from, to }
}

/**
 * Moves a slot as `redis-cli --cluster reshard` does, key by key; `halfWay` is waited for when some
 * of the keys have moved.
 */
async function moveSlotOf(key: string, halfWay: () => Promise<void> = async () => undefined): Promise<void> {
  const { slot, from, to } = await placeOf(key)
  const [fromId, toId] = (await Promise.all([from, to].map((node) => node.cluster('MYID')))) as [string, string]
  await to.cluster('SETSLOT', slot, 'IMPORTING', fromId)
  await from.cluster('SETSLOT', slot, 'MIGRATING', toId)
  const { host = '', port = 0 } = to.options
  let moved = 0
  for (let keys = [''], isFirst = true; keys.length > 0; isFirst = false) {
    keys = (await from.cluster('GETKEYSINSLOT', slot, isFirst ? 1 : 100)) as string[]
    for (const name of keys) {
      await from.call('MIGRATE', host, port, name, 0, 5_000)
      moved += 1
      if (moved === 1) await halfWay()
    }
  }
  await Promise.all([to, from].map((node) => node.cluster('SETSLOT', slot, 'NODE', toId)))
  await Promise.all(nodes.map((node) => node.cluster('SETSLOT', slot, 'NODE', toId)))
}

function isRetryable(error: unknown): boolean {
  return error instanceof StorageError && error.retryable
}

test('slots that move under load, those of partitions and of the index, lose nothing and give nothing out twice', async () => {
  const store = await emptyStore({ nodes: cluster.urls })
  const keys = new Keys(store.namespace)
  const storages = await Promise.all([store.connect(), store.connect(), store.connect()])
  const acknowledged = new Set<string>()
  const settled: string[] = []
  const maybeSettled = new Set<string>()
  const errors: unknown[] = []
  let isMoving = true

  const add = async (storage: Storage) => {
    while (isMoving) {
      const batch = machineIds.map((machineId) => ({ machineId, uuid: randomUUID(), payload: '{}' }))
      for (let isStored = false; !isStored; )
        isStored = await storage.enqueue(batch).then(
          () => true,
          (error) => errors.push(error) < 0,
        )
      for (const { uuid } of batch) acknowledged.add(uuid)
    }
  }
  const send = async (storage: Storage) => {
    const lease = await storage.lease({ leaseMs: 600_000, maxSignals: 7 }).catch((error) => void errors.push(error))
    if (lease === undefined) return false
    const uuids = lease.signals.map(({ uuid }) => uuid)
    const outcome = await storage.settle(lease, { sent: uuids }).catch((error) => void errors.push(error))
    if (outcome === undefined) for (const uuid of uuids) maybeSettled.add(uuid)
    else if (!outcome.lost) settled.push(...uuids)
    return true
  }
  const sendOn = async (storage: Storage) => {
    while (isMoving) await send(storage)
  }
  const work = [add(storages[0]!), sendOn(storages[1]!), sendOn(storages[2]!)]
  const moving = [
    ...machineIds.slice(0, 6).map((machineId) => keys.partition(machineId, 'queue')),
    ...Array.from({ length: 8 }, (_, shard) => keys.shard(shard, 'due')),
  ]
  for (const [key = ''] of moving) {
    const before = { acknowledged: acknowledged.size, settled: settled.length }
    await moveSlotOf(key)
    await expect.poll(() => acknowledged.size, { timeout: 120_000 }).toBeGreaterThan(before.acknowledged)
    await expect.poll(() => settled.length, { timeout: 120_000 }).toBeGreaterThan(before.settled)
  }
  isMoving = false
  await Promise.all(work)

  expect(errors.filter((error) => !isRetryable(error))).toEqual([])
  // What a failure left leased or half-done: leases run out, and intents are replayed.
  await store.advance(600_001)
  while (await send(storages[0]!)) {}
  await store.advance(600_001)
  while (await send(storages[0]!)) {}
  const sent = new Set([...settled, ...maybeSettled])
  expect([...acknowledged].filter((uuid) => !sent.has(uuid))).toEqual([])
  expect(new Set(settled).size).toBe(settled.length)
  await expectIndexAgrees(storages[0]!)
  for (const storage of storages) await storage.close()
  await store.destroy()
})

test('a move that stops half-way makes the calls for its machine busy, not those for others, and all goes on when it goes on', async () => {
  const store = await emptyStore({ nodes: cluster.urls })
  const keys = new Keys(store.namespace)
  const storage = await store.connect()
  const batch = (machineId: string) => [{ machineId, uuid: randomUUID(), payload: '{}' }]
  await storage.enqueue([...batch('moving'), ...batch('moving')])
  await moveSlotOf(keys.partition('moving', 'queue')[0]!, async () => {
    await expect(storage.enqueue(batch('moving'))).rejects.toMatchObject({ code: 'storage_busy', retryable: true })
    expect(await storage.enqueue(batch('other'))).toEqual({ added: 1, duplicates: 0 })
  })
  expect(await storage.enqueue(batch('moving'))).toEqual({ added: 1, duplicates: 0 })
  const machines = new Map<string, number>()
  for (let lease = await storage.lease({ leaseMs: 60_000, maxSignals: 10 }); lease; ) {
    machines.set(lease.machineId, lease.signals.length)
    lease = await storage.lease({ leaseMs: 60_000, maxSignals: 10 })
  }
  expect(Object.fromEntries(machines)).toEqual({ moving: 3, other: 1 })
  await storage.close()
  await store.destroy()
})

test('a node of a cluster that is given as if it were a server of its own is refused, and left as it is', async () => {
  for (const url of cluster.urls) {
    const storage = new RedisStorage({ url, namespace: 'alone' })
    await expect(storage.open()).rejects.toMatchObject({
      code: 'storage_failed',
      retryable: false,
      message: expect.stringContaining('Redis Cluster'),
    })
    await storage.close()
  }
  const stored = await Promise.all(nodes.map((node) => node.keys('alone:*')))
  expect(stored.flat()).toEqual([])
})
