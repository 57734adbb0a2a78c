import type { Storage } from '@cscapi/storage'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyStore } from './harness.js'
import { mortalProcess, WAYS } from './mortal-client.js'
import { drain, expectIndexAgrees, signals } from './queue-checks.js'
import { testServer } from './test-server.js'

const server = testServer({ hasScripts: true })

test('whatever processes do and wherever they die, the index agrees with the partitions in the end, and nothing acknowledged is missing', async () => {
  const machine = fc.constantFrom('a', 'b', 'c')
  const step = fc.record({
    kind: fc.constantFrom('enqueue', 'send', 'reject', 'put back', 'requeue', 'delete rejected', 'failing', 'revive'),
    machines: fc.uniqueArray(machine, { minLength: 1 }),
    way: fc.constantFrom(...WAYS),
    dies: fc.option(fc.record({ n: fc.integer({ min: 1, max: 7 }), when: fc.constantFrom('before', 'after') }), {
      freq: 2,
    }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const store = await emptyStore({ url: server.url })
      const survivor = await store.connect()
      const acknowledged = new Set<string>()
      const done = new Set<string>()
      for (const { kind, machines, way, dies } of steps) {
        const { storage, client: mortal } = await mortalProcess(
          server.url,
          store.namespace,
          dies?.n ?? Number.POSITIVE_INFINITY,
          dies?.when ?? 'before',
          way,
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
})

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
