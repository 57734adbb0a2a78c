import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { RedisStorage } from '../src/index.js'
import { keysOf } from './harness.js'
import { serverWithClient } from './server-with-client.js'

const server = serverWithClient({ config: {} })

async function opened(namespace: string, offsetMs = () => 0): Promise<RedisStorage> {
  const storage = new RedisStorage({ url: server.url, namespace, testClockOffsetMs: offsetMs })
  await storage.open()
  return storage
}

/** Leaves something in every kind of key. */
async function useEverything(storage: RedisStorage, machineIds: readonly string[]): Promise<void> {
  for (const machineId of machineIds) await storage.createMachine({ machineId, password: 'secret' })
  await storage.enqueue(
    machineIds.flatMap((machineId) =>
      Array.from({ length: 5 }, () => ({ machineId, uuid: randomUUID(), payload: '{}' })),
    ),
  )
  for (const _ of machineIds) {
    const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 3 })
    const [first, second] = lease!.signals
    await storage.settle(lease!, {
      sent: [first!.uuid],
      keepSent: true,
      rejected: [{ uuid: second!.uuid, reason: 'no' }],
      retry: { afterMs: 60_000 },
    })
  }
  await storage.updateMachine(machineIds[0]!, { failing: { reason: 'unauthorized', count: 1, retryAfterMs: 1_000 } })
  await storage.setState('pause', new Uint8Array([1]))
}

test('every key begins with the namespace', async () => {
  await server.client.flushall()
  const storage = await opened('apart')
  await useEverything(storage, ['a', 'b', '{odd}:*', 'ünï'])
  const keys = await keysOf(server.client, '*')
  expect(keys.filter((key) => !key.startsWith('apart:'))).toEqual([])
  expect(keys.length).toBeGreaterThan(20)
  await storage.close()
})

test('two namespaces never meet, also when one begins like the other', async () => {
  const [one, other] = [await opened('app'), await opened('app.two')]
  await useEverything(one, ['a', 'b'])
  expect(await other.stats()).toMatchObject({ pending: 0, sent: 0, rejected: 0, machines: 0, failing: 0 })
  expect(await other.getMachine('a')).toBeUndefined()
  expect(await other.getState('pause')).toBeUndefined()
  expect(await other.lease({ leaseMs: 1_000, maxSignals: 1 })).toBeUndefined()
  expect((await other.listMachines()).machines).toEqual([])
  expect((await other.listSignals()).signals).toEqual([])
  await useEverything(other, ['a'])
  expect(await other.deleteMachines(['a', 'b'])).toBe(1)
  expect(await one.stats()).toMatchObject({ pending: 6, sent: 2, rejected: 2, machines: 2, failing: 1 })
  await one.close()
  await other.close()
})

test('deleted machines leave nothing behind but what was sent in the totals', async () => {
  await server.client.flushall()
  let offsetMs = 0
  const storage = await opened('gone', () => offsetMs)
  await useEverything(storage, ['a', 'b', 'c'])
  expect(await storage.deleteMachines(['a', 'b', 'c', 'unknown'])).toBe(3)
  // That a machine is gone is remembered for a minute, for reports that come late.
  offsetMs = 60_001
  await storage.deleteMachines(['unknown'])
  expect(await keysOf(server.client, 'gone:m:*')).toEqual([])
  expect(await keysOf(server.client, 'gone:i:*')).toEqual(['gone:i:{gone.0}:gone', 'gone:i:{gone.0}:totals'])
  expect(await server.client.zrange('gone:i:{gone.0}:gone', '0', '-1')).toEqual(['unknown'])
  expect(await storage.stats()).toEqual({
    pending: 0,
    leased: 0,
    sent: 3,
    rejected: 0,
    machines: 0,
    failing: 0,
    oldestPendingMs: undefined,
  })
  await storage.close()
})

test('a sent and drained queue keeps one small hash a machine', async () => {
  await server.client.flushall()
  const storage = await opened('drained')
  await storage.enqueue(
    Array.from({ length: 20 }, (_, index) => ({ machineId: `m${index % 4}`, uuid: randomUUID(), payload: '{}' })),
  )
  for (
    let lease = await storage.lease({ leaseMs: 1_000, maxSignals: 50 });
    lease !== undefined;
    lease = await storage.lease({ leaseMs: 1_000, maxSignals: 50 })
  ) {
    await storage.settle(lease, { sent: lease.signals.map(({ uuid }) => uuid) })
  }
  expect(await keysOf(server.client, 'drained:m:*')).toEqual(
    ['m0', 'm1', 'm2', 'm3'].map((id) => `drained:m:{${id}}:q`),
  )
  await storage.close()
})

test('a value that runs out is removed by the server itself', async () => {
  const storage = await opened('ttl')
  await storage.setState('lock', new Uint8Array([1]), { expiresInMs: 60_000 })
  expect(await server.client.pttl('ttl:s:lock')).toBeGreaterThan(0)
  await storage.setState('lock', new Uint8Array([2]))
  expect(await server.client.pttl('ttl:s:lock')).toBe(-1)
  await storage.close()
})
