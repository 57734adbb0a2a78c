import { randomUUID } from 'node:crypto'
import { isCscapiError } from '@cscapi/core'
import type { QueuedSignal, Storage } from '@cscapi/storage'
import { startRedisCluster, type TestRedisCluster } from '@cscapi/test-servers'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { RedisStorage } from '../src/index.js'
import { emptyStore } from './harness.js'

let cluster: TestRedisCluster

beforeAll(async () => {
  cluster = await startRedisCluster({ masters: 3, replicas: 3 })
})
afterAll(async () => cluster.stop())

const machineIds = Array.from({ length: 30 }, (_, index) => `machine-${index}`)

function batch(): QueuedSignal[] {
  return machineIds.map((machineId) => ({ machineId, uuid: randomUUID(), payload: '{}' }))
}

/** Repeats a call until it succeeds, as the port allows. */
function persist<T>(call: () => Promise<T>, errors: unknown[]): Promise<T> {
  return vi.waitFor(
    () =>
      call().catch((error: unknown) => {
        errors.push(error)
        throw error
      }),
    { timeout: 120_000, interval: 100 },
  )
}

/** The nodes that answer and call themselves masters; `asleep` is not asked. */
async function mastersOf({ nodes }: TestRedisCluster, asleep?: (typeof nodes)[number]) {
  const roles = await Promise.all(
    nodes.map(async (node) => {
      if (node === asleep) return 'asleep'
      const client = new Redis(node.url)
      const [role] = (await client.role()) as [string]
      client.disconnect()
      return role
    }),
  )
  return nodes.filter((_, index) => roles[index] === 'master')
}

async function drain(storage: Storage, seen: Map<string, number>, errors: unknown[]): Promise<void> {
  for (;;) {
    const lease = await persist(() => storage.lease({ leaseMs: 60_000, maxSignals: 50 }), errors)
    if (lease === undefined) return
    for (const { uuid } of lease.signals) seen.set(uuid, (seen.get(uuid) ?? 0) + 1)
    await persist(() => storage.settle(lease, { sent: lease.signals.map(({ uuid }) => uuid) }), errors)
  }
}

test('a master that dies is replaced by its replica: calls fail with typed errors meanwhile, nothing that replicas confirmed is lost, and the same instance goes on', async () => {
  const store = await emptyStore({ nodes: cluster.urls })
  const storage = await store.connect()
  const careful = new RedisStorage({ nodes: cluster.urls, namespace: store.namespace, waitForReplicas: 1 })
  const ignored: unknown[] = []
  await persist(() => careful.open(), ignored)
  const errors: unknown[] = []
  const before = Array.from({ length: 10 }, batch).flat()
  // Replicas have a second to confirm, and a busy machine may need longer.
  await persist(() => careful.enqueue(before), ignored)
  await careful.close()

  await cluster.nodes[0]!.kill()
  const during = Array.from({ length: 5 }, batch).flat()
  await persist(() => storage.enqueue(during), errors)
  await cluster.healthy()

  const seen = new Map<string, number>()
  await store.advance(15_001)
  await drain(storage, seen, errors)
  await store.advance(60_001)
  await drain(storage, seen, errors)

  expect(errors.every(isCscapiError)).toBe(true)
  expect([...before, ...during].filter(({ uuid }) => !seen.has(uuid))).toEqual([])
  expect(await storage.stats()).toMatchObject({ pending: 0, leased: 0, oldestPendingMs: undefined })

  await cluster.nodes[0]!.restart()
  await cluster.healthy()
  await persist(() => storage.enqueue(batch()), errors)
  await storage.close()
  await store.destroy()
})

test('a master that stands still is replaced by its replica: calls end in time with typed errors meanwhile, and when it wakes up it changes nothing', async () => {
  const store = await emptyStore({ nodes: cluster.urls })
  const storage = new RedisStorage({
    nodes: cluster.urls,
    namespace: store.namespace,
    commandTimeoutMs: 1_000,
    connectTimeoutMs: 1_000,
    waitForReplicas: 1,
  })
  // The short timeouts are for the master that sleeps. A busy machine may run into them before.
  const ignored: unknown[] = []
  await persist(() => storage.open(), ignored)
  const errors: unknown[] = []
  const before = batch()
  await persist(() => storage.enqueue(before), ignored)
  const masters = await mastersOf(cluster)
  const asleep = masters[0]!

  asleep.pause()
  const during = batch()
  const note = (error: unknown) => void errors.push(error)
  const calls = [storage.stats(), storage.enqueue(during), storage.getMachine('machine-0')]
  await Promise.all(calls.map((call) => call.catch(note)))
  expect(errors.length).toBeGreaterThan(0)
  await expect.poll(async () => (await mastersOf(cluster, asleep)).length, { timeout: 120_000 }).toBe(3)
  asleep.resume()
  await cluster.healthy()
  await persist(() => storage.enqueue(during), errors)

  const seen = new Map<string, number>()
  await drain(storage, seen, errors)
  await vi.waitFor(
    async () => {
      await drain(storage, seen, errors)
      expect([...before, ...during].filter(({ uuid }) => !seen.has(uuid))).toEqual([])
    },
    { timeout: 120_000, interval: 500 },
  )
  expect(errors.filter((error) => !isCscapiError(error) || !error.retryable)).toEqual([])
  await storage.close()
  await store.destroy()
})

test('a wrong password is told as that, and a user with the rights that the README lists gets on', async () => {
  const rights =
    '~limited:* +eval +evalsha +time +del +unlink +exists +persist +pexpire +@hash +@list +@set +@sortedset +hello +auth +quit +client +cluster +asking +scan'
  for (const url of cluster.urls) {
    const node = new Redis(url)
    await node.call('ACL', 'SETUSER', 'app', 'on', '>secret', 'resetkeys', '-@all', ...rights.split(' '))
    node.disconnect()
  }
  const as = (password: string) =>
    new RedisStorage({
      nodes: cluster.urls.map((url) => url.replace('://', `://app:${password}@`)),
      namespace: 'limited',
    })
  const refused = as('guess')
  await expect(refused.open()).rejects.toMatchObject({ code: 'storage_failed', driverCode: 'WRONGPASS' })
  await refused.close()
  const storage = as('secret')
  await storage.open()
  expect(await storage.enqueue(batch())).toEqual({ added: 30, duplicates: 0 })
  expect(await storage.lease({ leaseMs: 1_000, maxSignals: 1 })).toBeDefined()
  await storage.repairIndex()
  expect(await storage.deleteMachines(machineIds)).toBe(30)
  await storage.close()
})
