import { expect } from 'vitest'
import type { Storage } from '../../port.js'
import { drain, LEASE_MS, machineA, machineNumber, signals, uuids } from '../fixtures.js'
import type { ConformanceCase } from '../harness.js'

export const concurrencyCases: readonly ConformanceCase[] = [
  {
    name: 'a write that was acknowledged survives other callers’ failing calls',
    async run({ connect }) {
      const storage = await connect()
      const attempts = Array.from({ length: 30 }, (_, index) =>
        index % 2 === 0
          ? storage.enqueue(signals(machineNumber(index), 1, index))
          : storage.updateMachine(machineNumber(index), { authFailures: 1 }),
      )
      const outcomes = await Promise.allSettled(attempts)
      expect(outcomes.filter(({ status }) => status === 'rejected').length).toBe(15)
      expect((await drain(storage)).length).toBe(15)
    },
  },
  {
    name: 'a signal added while its partition empties is never forgotten',
    async run({ connect }) {
      const [producer, worker] = [await connect(), await connect()]
      for (let round = 0; round < 60; round += 1) {
        await producer.enqueue(signals(machineA, 1, 2 * round))
        const lease = await worker.lease({ leaseMs: LEASE_MS, maxSignals: 10 })
        if (lease === undefined) throw new Error('the partition should be due')
        const settle = () => worker.settle(lease, { sent: uuids(lease.signals) })
        const enqueue = () => producer.enqueue(signals(machineA, 1, 2 * round + 1))
        await Promise.all((round % 2 === 0 ? [settle, enqueue] : [enqueue, settle]).map((start) => start()))
        expect((await drain(worker)).length, `the signal of round ${round} is asleep for ever`).toBe(1)
      }
    },
  },
  {
    name: 'a signal added while its partition’s last ones are deleted is never forgotten',
    async run({ connect }) {
      const [producer, cleaner] = [await connect(), await connect()]
      for (let round = 0; round < 30; round += 1) {
        await producer.enqueue(signals(machineA, 1, 2 * round))
        let deleted = 0
        const clean = async () => {
          deleted = await cleaner.deleteSignals()
        }
        const enqueue = () => producer.enqueue(signals(machineA, 1, 2 * round + 1))
        await Promise.all((round % 2 === 0 ? [clean, enqueue] : [enqueue, clean]).map((start) => start()))
        expect((await drain(producer)).length, `a signal of round ${round} is asleep for ever`).toBe(2 - deleted)
      }
    },
  },
  {
    name: 'of several that settle one lease at once, one does and the others have lost it',
    async run({ connect }) {
      const storages = await Promise.all([connect(), connect(), connect()])
      const [first] = storages
      await first?.enqueue(signals(machineA, 4))
      const lease = await first?.lease({ leaseMs: LEASE_MS, maxSignals: 3 })
      if (lease === undefined) throw new Error('the partition should be due')
      const outcomes = await Promise.all(
        storages.map((storage) => storage.settle(lease, { sent: uuids(lease.signals) })),
      )
      expect(outcomes.filter(({ lost }) => !lost).length).toBe(1)
      expect(await first?.stats()).toMatchObject({ pending: 1, leased: 0, sent: 3 })
    },
  },
  {
    name: 'of many that find a lease run out at once, one takes it over',
    async run({ connect, advance }) {
      const storages = await Promise.all([connect(), connect(), connect()])
      await storages[0]?.enqueue(signals(machineA, 2))
      await storages[0]?.lease({ leaseMs: LEASE_MS, maxSignals: 1 })
      await advance(LEASE_MS + 1)
      const leases = await Promise.all(
        Array.from({ length: 12 }, (_, index) => storages[index % 3]?.lease({ leaseMs: LEASE_MS, maxSignals: 1 })),
      )
      expect(leases.filter((lease) => lease !== undefined).length).toBe(1)
    },
  },
  {
    name: 'many that add, lease and settle at once lose nothing and send nothing twice',
    async run({ connect }) {
      const producers = [await connect(), await connect()]
      const workers = [await connect(), await connect(), await connect()]
      const seen: string[] = []
      let isAdding = true
      const add = async (storage: Storage, offset: number) => {
        for (let batch = 0; batch < 10; batch += 1) {
          const list = Array.from({ length: 20 }, (_, index) =>
            signals(machineNumber(index % 7), 1, offset + 20 * batch + index),
          ).flat()
          await storage.enqueue(list)
        }
      }
      const work = async (storage: Storage) => {
        for (let idle = 0, turn = 0; idle < 3 && turn < 20_000; turn += 1) {
          const lease = await storage.lease({ leaseMs: LEASE_MS, maxSignals: 5 })
          if (lease === undefined) {
            await new Promise((resolve) => setImmediate(resolve))
            if (!isAdding) idle += 1
            continue
          }
          seen.push(...uuids(lease.signals))
          expect(await storage.settle(lease, { sent: uuids(lease.signals) })).toEqual({ lost: false })
        }
      }
      const adding = Promise.all(producers.map((storage, index) => add(storage, 1_000 * index))).finally(() => {
        isAdding = false
      })
      await Promise.all([adding, ...workers.map(work)])
      seen.push(...(await drain(producers[0] as Storage)))
      expect(seen.length).toBe(400)
      expect(new Set(seen).size).toBe(400)
      expect(await workers[0]?.stats()).toMatchObject({ pending: 0, leased: 0, sent: 400 })
    },
  },
  {
    name: 'batches with the same uuids, added at once by several, are stored once',
    async run({ connect }) {
      const storages = await Promise.all([connect(), connect(), connect()])
      const batch = Array.from({ length: 5 }, (_, index) => signals(machineNumber(index), 20, 20 * index)).flat()
      const results = await Promise.all(
        storages.map((storage, index) => storage.enqueue(index % 2 ? batch : [...batch].reverse())),
      )
      expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(100)
      expect(results.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(200)
      expect(await storages[0]?.stats()).toMatchObject({ pending: 100 })
    },
  },
]
