import { expect } from 'vitest'
import { drain, machineA, signals } from '../fixtures.js'
import type { ConformanceCase } from '../harness.js'

export const lifecycleCases: readonly ConformanceCase[] = [
  {
    name: 'opening is idempotent, and safe eight times at once on an empty store',
    async run({ create }) {
      const storages = Array.from({ length: 8 }, () => create())
      await Promise.all(storages.flatMap((storage) => [storage.open(), storage.open()]))
      const [first, ...others] = storages
      await first?.enqueue(signals(machineA, 1))
      for (const storage of others) expect(await storage.stats()).toMatchObject({ pending: 1 })
      await Promise.all(storages.map((storage) => storage.close()))
    },
  },
  {
    name: 'after closing, every call says storage_closed; closing again is harmless',
    async run({ connect }) {
      const storage = await connect()
      await storage.close()
      await storage.close()
      const calls = [
        storage.getMachine(machineA),
        storage.createMachine({ machineId: machineA, password: 'p' }),
        storage.updateMachine(machineA, {}),
        storage.listMachines(),
        storage.deleteMachines([machineA]),
        storage.getState('k'),
        storage.setState('k', new Uint8Array()),
        storage.enqueue(signals(machineA, 1)),
        storage.enqueue([]),
        storage.lease({ leaseMs: 1, maxSignals: 1 }),
        storage.settle({ machineId: machineA, token: 't' }, {}),
        storage.extend({ machineId: machineA, token: 't' }, 1),
        storage.stats(),
        storage.listSignals(),
        storage.deleteSignals(),
        storage.requeueSignals(),
        storage.open(),
      ]
      const outcomes = await Promise.allSettled(calls)
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({
          status: 'rejected',
          reason: { name: 'StorageError', code: 'storage_closed', retryable: false },
        })
      }
    },
  },
  {
    name: 'closing waits for the calls under way',
    async run({ connect }) {
      const [closing, other] = [await connect(), await connect()]
      const enqueued = closing.enqueue(signals(machineA, 500))
      await closing.close()
      expect(await enqueued).toEqual({ added: 500, duplicates: 0 })
      expect(await other.stats()).toMatchObject({ pending: 500 })
    },
  },
  {
    name: 'a connection that is closed takes nothing with it',
    async run({ connect, advance }) {
      const [one, other] = [await connect(), await connect()]
      await one.enqueue(signals(machineA, 3))
      await one.setState('k', new Uint8Array([1]))
      await one.close()
      await advance(1)
      expect(await other.getState('k')).toBeDefined()
      expect((await drain(other)).length).toBe(3)
    },
  },
]
