import { expect } from 'vitest'
import { drain, leaseOne, machineA, machineB, signals, uuidNumber, uuids } from '../fixtures.js'
import type { ConformanceCase } from '../harness.js'

export const statsCases: readonly ConformanceCase[] = [
  {
    name: 'an empty store counts nothing',
    async run({ connect }) {
      expect(await (await connect()).stats()).toEqual({
        pending: 0,
        leased: 0,
        sent: 0,
        rejected: 0,
        machines: 0,
        failing: 0,
        oldestPendingMs: undefined,
      })
    },
  },
  {
    name: 'leased signals are counted apart from pending ones, until the lease runs out',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 10))
      await leaseOne(storage, 4)
      expect(await storage.stats()).toMatchObject({ pending: 6, leased: 4 })
      await advance(60_001)
      expect(await storage.stats()).toMatchObject({ pending: 10, leased: 0 })
    },
  },
  {
    name: 'sent signals stay counted after they are gone, rejected ones as long as the store has them',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 3))
      await storage.settle(await leaseOne(storage), {
        sent: [uuidNumber(0)],
        rejected: [
          { uuid: uuidNumber(1), reason: 'no' },
          { uuid: uuidNumber(2), reason: 'no' },
        ],
      })
      expect(await storage.stats()).toMatchObject({ pending: 0, sent: 1, rejected: 2 })
      await storage.deleteSignals({ status: 'rejected' }, 1)
      expect(await storage.stats()).toMatchObject({ sent: 1, rejected: 1 })
      await storage.requeueSignals()
      expect(await storage.stats()).toMatchObject({ pending: 1, rejected: 0 })
    },
  },
  {
    name: 'a sent signal that is kept is counted once, also when it is deleted later',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 2))
      const lease = await leaseOne(storage)
      await storage.settle(lease, { sent: [uuidNumber(0), uuidNumber(1)], keepSent: true })
      expect(await storage.stats()).toMatchObject({ pending: 0, sent: 2 })
      expect(await storage.deleteSignals({ status: 'sent' }, 1)).toBe(1)
      expect(await storage.stats()).toMatchObject({ pending: 0, sent: 2 })
    },
  },
  {
    name: 'the total of sent signals never falls, whatever is deleted',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue([...signals(machineA, 3), ...signals(machineB, 2, 3)])
      for (const keepSent of [true, false]) {
        const lease = await leaseOne(storage)
        await storage.settle(lease, { sent: uuids(lease.signals), keepSent })
      }
      expect(await storage.stats()).toMatchObject({ sent: 5 })
      await storage.deleteSignals({ status: 'sent' })
      expect(await storage.deleteMachines([machineA, machineA, 'nobody'])).toBe(1)
      expect(await storage.stats()).toMatchObject({ sent: 5, machines: 1 })
      expect(await storage.deleteMachines([machineA])).toBe(0)
      await storage.enqueue(signals(machineA, 1))
      await drain(storage)
      expect(await storage.stats()).toMatchObject({ sent: 6, machines: 2 })
      await storage.deleteMachines([machineA, machineB])
      expect(await storage.stats()).toMatchObject({ sent: 6, machines: 0, pending: 0 })
    },
  },
  {
    name: 'machines with credentials and machines with signals are counted, each once',
    async run({ connect }) {
      const storage = await connect()
      await storage.createMachine({ machineId: machineA, password: 'p' })
      await storage.enqueue([...signals(machineA, 1), ...signals(machineB, 1, 1)])
      expect(await storage.stats()).toMatchObject({ machines: 2 })
      await drain(storage)
      expect(await storage.stats()).toMatchObject({ machines: 2, pending: 0 })
    },
  },
  {
    name: 'the oldest signal’s age is that of the oldest pending or leased one',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 1))
      await advance(100_000)
      await storage.enqueue(signals(machineB, 1, 1))
      await advance(10_000)
      expect((await storage.stats()).oldestPendingMs).toBeGreaterThanOrEqual(110_000)
      const lease = await leaseOne(storage)
      expect((await storage.stats()).oldestPendingMs).toBeGreaterThanOrEqual(110_000)
      await storage.settle(lease, { sent: [uuidNumber(0)] })
      const { oldestPendingMs } = await storage.stats()
      expect(oldestPendingMs).toBeGreaterThanOrEqual(10_000)
      expect(oldestPendingMs).toBeLessThan(100_000)
      await drain(storage)
      expect((await storage.stats()).oldestPendingMs).toBeUndefined()
    },
  },
]
