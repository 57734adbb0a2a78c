import type { Storage } from '@cscapi/storage'
import { describe, expect, test } from 'vitest'
import { emptyStore, keysOf } from './harness.js'
import { mortalProcess, WAYS, type Way } from './mortal-client.js'
import { drain, expectIndexAgrees, signals } from './queue-checks.js'
import { testServer } from './test-server.js'

const server = testServer({ hasScripts: true })

const REPLAY_MS = 15_001

/**
 * Kills the process at each command of an operation in turn, before and after the server has done
 * it, and looks at what is left each time.
 */
async function atEachCommand(
  way: Way,
  prepare: (storage: Storage) => Promise<unknown>,
  operation: (storage: Storage) => Promise<unknown>,
  expectation: (storage: Storage, point: { n: number; when: 'before' | 'after'; failed: boolean }) => Promise<void>,
): Promise<number> {
  for (let n = 1; ; n++) {
    for (const when of ['before', 'after'] as const) {
      const store = await emptyStore({ url: server.url })
      const survivor = await store.connect()
      await prepare(survivor)
      const dying = await mortalProcess(server.url, store.namespace, n, when, way)
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
      expect(await keysOf(server.client, `${store.namespace}:i:*:intent*`)).toEqual([])
      await survivor.close()
      await store.destroy()
      if (!wasKilled) return n - 1
    }
  }
}

describe.each(WAYS)('a process that works %s and dies at any command', (way) => {
  test('of an enqueue for one machine leaves all of the batch or none, and what is there is sent', async () => {
    const batch = signals(['alone'], 5)
    const all = batch.map(({ uuid }) => uuid).sort()
    const commands = await atEachCommand(
      way,
      async () => undefined,
      (storage) => storage.enqueue(batch),
      async (storage, { failed }) => {
        const sent = await drain(storage)
        expect(failed ? [[], all] : [all]).toContainEqual(sent)
      },
    )
    expect(commands).toBe(way === 'in one script' ? 1 : 3)
  })

  test('of an enqueue for many machines in several parts leaves all of the batch or none, and what is there is sent once', async () => {
    const batch = [...signals(['a', 'b', 'c'], 4), ...signals(['large'], 501)]
    const all = batch.map(({ uuid }) => uuid).sort()
    const commands = await atEachCommand(
      way,
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
    expect(commands).toBe(way === 'in one script' ? 1 : 11)
  })

  test('of clearing a failing leaves no partition asleep', async () => {
    const failing = { reason: 'unauthorized', count: 1, retryAfterMs: 3_600_000 } as const
    const batch = signals(['m'], 3)
    await atEachCommand(
      way,
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
      way,
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
      way,
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
      way,
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
      way,
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

test('a process that dies in the middle of an enqueue whose signals were sent meanwhile does not make the replay send them again', async () => {
  const store = await emptyStore({ url: server.url })
  const survivor = await store.connect()
  const batch = signals(['a', 'b'], 3)
  // Intent and both partitions are written, the report is not.
  const dying = await mortalProcess(server.url, store.namespace, 4, 'before', 'step by step')
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

test('a batch that is too large for one script stands in its intent on one server too, and is sent once', async () => {
  const batch = [...signals(['a'], 600), ...signals(['b'], 401)]
  const all = batch.map(({ uuid }) => uuid).sort()
  const commands = await atEachCommand(
    'in one script',
    async () => undefined,
    (storage) => storage.enqueue(batch),
    async (storage, { n, when }) => {
      expect(await drain(storage)).toEqual(n > 1 || when === 'after' ? all : [])
    },
  )
  // The intent, three parts, the report, and the marks of two machines.
  expect(commands).toBe(7)
})
