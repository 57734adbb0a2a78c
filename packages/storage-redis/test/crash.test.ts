import { randomUUID } from 'node:crypto'
import type { QueuedSignal, Storage } from '@cscapi/storage'
import { startRedis, type TestServer } from '@cscapi/test-servers'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RedisStorage } from '../src/index.js'
import { emptyStore, keysOf } from './harness.js'
import { loadScripts, MortalRedis } from './mortal-client.js'

let server: TestServer
let client: Redis

beforeAll(async () => {
  server = await startRedis()
  client = new Redis(server.url)
  await loadScripts(client)
}, 300_000)
afterAll(async () => {
  await client.quit()
  await server.stop()
})

const REPLAY_MS = 15_001

function signals(machineIds: readonly string[], each: number): QueuedSignal[] {
  return Array.from({ length: each }, () =>
    machineIds.map((machineId) => ({ machineId, uuid: randomUUID(), payload: '{"n":1}' })),
  ).flat()
}

/** A process that shares the store and dies at its n-th command. */
async function mortalProcess(
  namespace: string,
  n: number,
  when: 'before' | 'after',
): Promise<{ storage: RedisStorage; client: MortalRedis }> {
  const mortal = new MortalRedis(server.url)
  mortal.on('error', () => undefined)
  const storage = new RedisStorage({ client: mortal, namespace })
  await storage.open()
  mortal.dieAt(n, when)
  return { storage, client: mortal }
}

async function drain(storage: Storage): Promise<string[]> {
  const sent: string[] = []
  for (
    let lease = await storage.lease({ leaseMs: 60_000, maxSignals: 7 });
    lease !== undefined;
    lease = await storage.lease({ leaseMs: 60_000, maxSignals: 7 })
  ) {
    const uuids = lease.signals.map(({ uuid }) => uuid)
    expect(await storage.settle(lease, { sent: uuids })).toEqual({ lost: false })
    sent.push(...uuids)
  }
  return sent.sort()
}

async function count(storage: Storage, status: 'pending' | 'rejected'): Promise<number> {
  let found = 0
  let after: string | undefined
  do {
    const page = await storage.listSignals({ status }, after === undefined ? {} : { after })
    found += page.signals.length
    after = page.next
  } while (after !== undefined)
  return found
}

/** What the index adds up to is what the partitions hold. */
async function expectIndexAgrees(storage: Storage): Promise<void> {
  const { pending, leased, rejected } = await storage.stats()
  expect({ pending: pending + leased, rejected }).toEqual({
    pending: await count(storage, 'pending'),
    rejected: await count(storage, 'rejected'),
  })
}

/** Kills the process at each command of an operation in turn, before and after the server has done it, and looks at what is left each time. */
async function atEachCommand(
  prepare: (storage: Storage) => Promise<unknown>,
  operation: (storage: Storage) => Promise<unknown>,
  expectation: (storage: Storage, point: { n: number; when: 'before' | 'after'; failed: boolean }) => Promise<void>,
): Promise<number> {
  for (let n = 1; ; n++) {
    for (const when of ['before', 'after'] as const) {
      const store = emptyStore({ url: server.url })
      const survivor = await store.connect()
      await prepare(survivor)
      const dying = await mortalProcess(store.namespace, n, when)
      const failed = await dying.storage
        .enqueue([])
        .then(() => operation(dying.storage))
        .then(
          () => false,
          () => true,
        )
      const wasKilled = dying.client.isDead
      dying.client.disconnect()
      await store.advance(REPLAY_MS)
      await expectation(survivor, { n, when, failed })
      await expectIndexAgrees(survivor)
      expect(await keysOf(client, `${store.namespace}:i:*:intent*`)).toEqual([])
      await survivor.close()
      await store.destroy()
      if (!wasKilled) return n - 1
    }
  }
}

describe('a process that dies at any command', () => {
  test('of an enqueue for one machine leaves all of the batch or none, and what is there is sent', async () => {
    const batch = signals(['alone'], 5)
    const all = batch.map(({ uuid }) => uuid).sort()
    const commands = await atEachCommand(
      async () => undefined,
      (storage) => storage.enqueue(batch),
      async (storage, { failed }) => {
        const sent = await drain(storage)
        expect(failed ? [[], all] : [all]).toContainEqual(sent)
      },
    )
    expect(commands).toBe(3)
  })

  test('of an enqueue for many machines in several parts leaves all of the batch or none, and what is there is sent once', async () => {
    const batch = [...signals(['a', 'b', 'c'], 4), ...signals(['large'], 501)]
    const all = batch.map(({ uuid }) => uuid).sort()
    const commands = await atEachCommand(
      async () => undefined,
      (storage) => storage.enqueue(batch),
      async (storage, { failed, n, when }) => {
        const sent = await drain(storage)
        const isWritten = n > 1 || when === 'after'
        expect(sent).toEqual(isWritten ? all : [])
        expect(failed || sent.length > 0).toBe(true)
      },
    )
    // The intent, five parts, the report, and the marks of four machines.
    expect(commands).toBe(11)
  }, 120_000)

  test('of an enqueue whose signals were sent meanwhile does not make the replay send them again', async () => {
    const store = emptyStore({ url: server.url })
    const survivor = await store.connect()
    const batch = signals(['a', 'b'], 3)
    // Intent and both partitions are written, the report is not.
    const dying = await mortalProcess(store.namespace, 4, 'before')
    await dying.storage.enqueue(batch)
    dying.client.disconnect()
    await survivor.enqueue(signals(['a', 'b'], 1))
    expect(await drain(survivor)).toHaveLength(8)
    await store.advance(REPLAY_MS)
    expect(await drain(survivor)).toEqual([])
    await expectIndexAgrees(survivor)
    await survivor.close()
    await store.destroy()
  })

  test('of clearing a failing leaves no partition asleep', async () => {
    const failing = { reason: 'unauthorized', count: 1, retryAfterMs: 3_600_000 } as const
    const batch = signals(['m'], 3)
    await atEachCommand(
      async (storage) => {
        await storage.createMachine({ machineId: 'm', password: 'p' })
        await storage.updateMachine('m', { failing })
        await storage.enqueue(batch)
      },
      (storage) => storage.updateMachine('m', { failing: null }),
      async (storage) => {
        const isCleared = (await storage.getMachine('m'))?.failing === undefined
        expect(await drain(storage)).toHaveLength(isCleared ? 3 : 0)
        expect((await storage.stats()).failing).toBe(isCleared ? 0 : 1)
      },
    )
  })

  test('of a requeue leaves every signal rejected or sent', async () => {
    const batch = signals(['m'], 3)
    await atEachCommand(
      async (storage) => {
        await storage.enqueue(batch)
        const lease = await storage.lease({ leaseMs: 1_000, maxSignals: 10 })
        await storage.settle(lease!, { rejected: batch.map(({ uuid }) => ({ uuid, reason: 'no' })) })
      },
      (storage) => storage.requeueSignals(),
      async (storage) => {
        expect((await drain(storage)).length + (await storage.stats()).rejected).toBe(3)
      },
    )
  })

  test('of createMachine leaves a machine that is known everywhere or nowhere', async () => {
    await atEachCommand(
      async () => undefined,
      (storage) => storage.createMachine({ machineId: 'm', password: 'p' }),
      async (storage) => {
        await drain(storage)
        const isKnown = (await storage.getMachine('m')) !== undefined
        expect((await storage.listMachines()).machines).toHaveLength(isKnown ? 1 : 0)
        expect((await storage.stats()).machines).toBe(isKnown ? 1 : 0)
      },
    )
  })

  test('of deleteMachines leaves a machine that is known everywhere or nowhere', async () => {
    const batch = signals(['m'], 3)
    await atEachCommand(
      async (storage) => {
        await storage.createMachine({ machineId: 'm', password: 'p' })
        await storage.enqueue(batch)
      },
      (storage) => storage.deleteMachines(['m']),
      async (storage) => {
        const sent = await drain(storage)
        const isKnown = (await storage.getMachine('m')) !== undefined
        expect(sent).toHaveLength(isKnown ? 3 : 0)
        expect((await storage.listMachines()).machines).toHaveLength(isKnown ? 1 : 0)
        expect((await storage.stats()).machines).toBe(isKnown ? 1 : 0)
      },
    )
  })

  test('of lease or settle delays its machine, but loses nothing and repeats at most its batch', async () => {
    const batch = signals(['m'], 10)
    const all = batch.map(({ uuid }) => uuid).sort()
    await atEachCommand(
      (storage) => storage.enqueue(batch),
      async (storage) => {
        const lease = await storage.lease({ leaseMs: 10_000, maxSignals: 4 })
        await storage.settle(lease!, { sent: lease!.signals.map(({ uuid }) => uuid) })
      },
      async (storage) => {
        const sent = await drain(storage)
        expect([all.length, all.length - 4]).toContain(sent.length)
        expect((await storage.stats()).sent).toBe(10)
      },
    )
  })
})

test('whatever processes do and wherever they die, the index agrees with the partitions in the end, and nothing acknowledged is missing', async () => {
  const machine = fc.constantFrom('a', 'b', 'c')
  const step = fc.record({
    kind: fc.constantFrom('enqueue', 'send', 'reject', 'put back', 'requeue', 'delete rejected', 'failing', 'revive'),
    machines: fc.uniqueArray(machine, { minLength: 1 }),
    dies: fc.option(fc.record({ n: fc.integer({ min: 1, max: 7 }), when: fc.constantFrom('before', 'after') }), {
      freq: 2,
    }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const store = emptyStore({ url: server.url })
      const survivor = await store.connect()
      const acknowledged = new Set<string>()
      const done = new Set<string>()
      for (const { kind, machines, dies } of steps) {
        const { storage, client: mortal } = await mortalProcess(
          store.namespace,
          dies?.n ?? Number.POSITIVE_INFINITY,
          dies?.when ?? 'before',
        )
        await act(storage, kind, machines, acknowledged, done).catch(() => undefined)
        mortal.disconnect()
      }
      await store.advance(3_600_001)
      for (const machineId of ['a', 'b', 'c'])
        await survivor.updateMachine(machineId, { failing: null }).catch(() => undefined)
      for (const uuid of await drain(survivor)) done.add(uuid)
      await expectIndexAgrees(survivor)
      const { signals: rejected } = await survivor.listSignals({ status: 'rejected' }, { limit: 1_000 })
      for (const { uuid } of rejected) done.add(uuid)
      expect([...acknowledged].filter((uuid) => !done.has(uuid))).toEqual([])
      await survivor.close()
      await store.destroy()
    }),
    { numRuns: 60 },
  )
}, 120_000)

async function act(
  storage: Storage,
  kind: string,
  machines: readonly string[],
  acknowledged: Set<string>,
  done: Set<string>,
): Promise<void> {
  const [machineId = ''] = machines
  if (kind === 'enqueue') {
    const batch = signals(machines, 3)
    await storage.enqueue(batch)
    for (const { uuid } of batch) acknowledged.add(uuid)
  } else if (kind === 'requeue') await storage.requeueSignals({ machineId })
  else if (kind === 'delete rejected') {
    const { signals: rejected } = await storage.listSignals({ status: 'rejected', machineId })
    for (const { uuid } of rejected) done.add(uuid)
    await storage.deleteSignals({ status: 'rejected', machineId })
  } else if (kind === 'failing' || kind === 'revive') {
    await storage.createMachine({ machineId, password: 'p' })
    await storage.updateMachine(machineId, {
      failing: kind === 'revive' ? null : { reason: 'unauthorized', count: 1, retryAfterMs: 60_000 },
    })
  } else {
    const lease = await storage.lease({ leaseMs: 5_000, maxSignals: 4 })
    if (lease === undefined) return
    const uuids = lease.signals.map(({ uuid }) => uuid)
    // What a process meant to settle may be settled although it died.
    if (kind === 'send') for (const uuid of uuids) done.add(uuid)
    const [first, ...others] = uuids
    if (kind === 'reject' && first !== undefined) done.add(first)
    if (kind === 'send') await storage.settle(lease, { sent: uuids })
    else if (kind === 'reject')
      await storage.settle(lease, {
        rejected: others.map((uuid) => ({ uuid, reason: 'no' })),
        sent: first === undefined ? [] : [first],
      })
    else await storage.settle(lease, { retry: { afterMs: 1_000 } })
  }
}
