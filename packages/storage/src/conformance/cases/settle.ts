import { expect } from 'vitest'
import { drain, LEASE_MS, leaseOne, listAll, machineA, signals, uuidNumber, uuids } from '../fixtures.js'
import type { ConformanceCase } from '../harness.js'

export const settleCases: readonly ConformanceCase[] = [
  {
    name: 'sent, rejected and untouched signals come together, and the untouched keep their place',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 7))
      const lease = await leaseOne(storage, 6)
      await storage.settle(lease, {
        sent: [uuidNumber(1), uuidNumber(4)],
        rejected: [{ uuid: uuidNumber(2), reason: 'Invalid request body', status: 400 }],
      })
      expect(await storage.stats()).toMatchObject({ pending: 4, leased: 0, sent: 2, rejected: 1 })
      expect(await listAll(storage, { status: 'rejected' })).toMatchObject([
        {
          uuid: uuidNumber(2),
          machineId: machineA,
          status: 'rejected',
          reason: 'Invalid request body',
          httpStatus: 400,
        },
      ])
      expect(await drain(storage, 2)).toEqual([0, 3, 5, 6].map(uuidNumber))
    },
  },
  {
    name: 'what a worker did not get to stays before the newer signals, however often it is put back',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 5))
      const first = await leaseOne(storage, 4)
      await storage.enqueue(signals(machineA, 2, 5))
      await storage.settle(first, { sent: [uuidNumber(1)] })
      const second = await leaseOne(storage, 3)
      expect(uuids(second.signals)).toEqual([0, 2, 3].map(uuidNumber))
      await storage.settle(second, {})
      const third = await leaseOne(storage, 3)
      await storage.settle(third, { sent: [uuidNumber(2)], retry: { afterMs: 0 } })
      expect(await drain(storage, 2)).toEqual([0, 3, 4, 5, 6].map(uuidNumber))
    },
  },
  {
    name: 'a sent signal never comes back',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 3))
      const lease = await leaseOne(storage)
      await storage.settle(lease, { sent: uuids(lease.signals) })
      await advance(10 * LEASE_MS)
      expect(await drain(storage)).toEqual([])
      expect(await listAll(storage)).toEqual([])
      expect(await storage.stats()).toMatchObject({ pending: 0, sent: 3 })
    },
  },
  {
    name: 'a sent signal is kept if asked, and is never leased again',
    async run({ connect }) {
      const storage = await connect()
      const batch = signals(machineA, 2)
      await storage.enqueue(batch)
      const lease = await leaseOne(storage)
      await storage.settle(lease, { sent: uuids(lease.signals), keepSent: true })
      expect(await drain(storage)).toEqual([])
      expect(await listAll(storage, { status: 'sent' })).toMatchObject(
        batch.map((signal) => ({ ...signal, status: 'sent' })),
      )
    },
  },
  {
    name: 'uuids that were not leased are passed over',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 3))
      const lease = await leaseOne(storage, 1)
      await storage.enqueue(signals(machineA, 1, 3))
      await storage.settle(lease, { sent: [0, 1, 3, 99].map(uuidNumber) })
      expect(await storage.stats()).toMatchObject({ sent: 1, pending: 3 })
      expect(await drain(storage)).toEqual([1, 2, 3].map(uuidNumber))
    },
  },
  {
    name: 'a retry delays the whole partition, and newer signals wait behind the older ones',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 2))
      await storage.settle(await leaseOne(storage, 1), { retry: { afterMs: 30_000 } })
      await storage.enqueue(signals(machineA, 1, 2))
      await advance(29_000)
      expect(await storage.lease({ leaseMs: LEASE_MS, maxSignals: 1 })).toBeUndefined()
      await advance(1_001)
      expect(await drain(storage, 1)).toEqual([0, 1, 2].map(uuidNumber))
    },
  },
  {
    name: 'attempts are counted, timed from the first, and reset by any signal sent or rejected',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 3))
      await storage.settle(await leaseOne(storage), { retry: { afterMs: 0 } })
      await advance(60_000)
      const second = await leaseOne(storage)
      expect(second.attempts).toBe(1)
      expect(second.attemptsForMs).toBeGreaterThanOrEqual(60_000)
      await storage.settle(second, { retry: { afterMs: 0 } })
      await advance(60_000)
      const third = await leaseOne(storage)
      expect(third.attempts).toBe(2)
      expect(third.attemptsForMs).toBeGreaterThanOrEqual(120_000)
      await storage.settle(third, { sent: [uuidNumber(0)], retry: { afterMs: 0 } })
      await advance(1_000)
      const fourth = await leaseOne(storage)
      expect(fourth.attempts).toBe(1)
      expect(fourth.attemptsForMs).toBeLessThan(60_000)
      await storage.settle(fourth, { rejected: [{ uuid: uuidNumber(1), reason: 'no' }] })
      expect(await leaseOne(storage)).toMatchObject({ attempts: 0, attemptsForMs: 0 })
    },
  },
  {
    name: 'a wait that says nothing about the signals counts as no attempt',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 1))
      await storage.settle(await leaseOne(storage), { retry: { afterMs: 5_000, countsAsAttempt: false } })
      expect(await storage.lease({ leaseMs: LEASE_MS, maxSignals: 1 })).toBeUndefined()
      await advance(5_001)
      expect(await leaseOne(storage)).toMatchObject({ attempts: 0, attemptsForMs: 0 })
    },
  },
  {
    name: 'a crash before settling means pending again after the lease, with the same uuids',
    async run({ connect, advance }) {
      const [crashed, next] = [await connect(), await connect()]
      await crashed.enqueue(signals(machineA, 3))
      const lease = await leaseOne(crashed)
      await crashed.close()
      await advance(LEASE_MS + 1)
      expect(uuids((await leaseOne(next)).signals)).toEqual(uuids(lease.signals))
    },
  },
]
