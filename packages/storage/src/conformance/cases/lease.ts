import { expect } from 'vitest'
import { LEASE_MS, leaseOne, machineA, machineB, machineNumber, signals, uuidNumber, uuids } from '../fixtures.js'
import type { ConformanceCase } from '../harness.js'

export const leaseCases: readonly ConformanceCase[] = [
  {
    name: 'nothing due is undefined',
    async run({ connect }) {
      expect(await (await connect()).lease({ leaseMs: LEASE_MS, maxSignals: 1 })).toBeUndefined()
    },
  },
  {
    name: 'a lease brings the oldest signals of one machine in order, and its row',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 3))
      await storage.enqueue(signals(machineA, 3, 3))
      const without = await leaseOne(storage, 2)
      expect(without).toMatchObject({ machineId: machineA, machine: undefined, attempts: 0, attemptsForMs: 0 })
      expect(uuids(without.signals)).toEqual([uuidNumber(0), uuidNumber(1)])
      await storage.createMachine({ machineId: machineA, password: 'p' })
      await storage.updateMachine(machineA, { token: { value: 't', scenarios: ['a/b'], lifetimeMs: 1_000_000 } })
      await storage.settle(without, { sent: uuids(without.signals) })
      const next = await leaseOne(storage, 10)
      expect(uuids(next.signals)).toEqual([2, 3, 4, 5].map(uuidNumber))
      expect(next.machine).toMatchObject({
        machineId: machineA,
        password: 'p',
        token: { value: 't', scenarios: ['a/b'] },
      })
      expect(next.token).not.toBe(without.token)
    },
  },
  {
    name: 'a lease may hold thousands of signals, and one settle ends it',
    async run({ connect }) {
      const storage = await connect()
      const batch = signals(machineA, 3_000)
      await storage.enqueue(batch)
      const lease = await leaseOne(storage, 2_500)
      expect(uuids(lease.signals)).toEqual(uuids(batch.slice(0, 2_500)))
      const rejected = batch.slice(2_000, 2_500).map(({ uuid }) => ({ uuid, reason: 'no' }))
      await storage.settle(lease, { sent: uuids(batch.slice(0, 2_000)), rejected })
      expect(await storage.stats()).toMatchObject({ pending: 500, leased: 0, sent: 2_000, rejected: 500 })
      expect(uuids((await leaseOne(storage, 10_000)).signals)).toEqual(uuids(batch.slice(2_500)))
    },
  },
  {
    name: 'a leased partition is nobody else’s until it is settled',
    async run({ connect }) {
      const [one, other] = [await connect(), await connect()]
      await one.enqueue(signals(machineA, 10))
      const lease = await leaseOne(one, 2)
      expect(await other.lease({ leaseMs: LEASE_MS, maxSignals: 2 })).toBeUndefined()
      await other.enqueue(signals(machineA, 1, 10))
      expect(await other.lease({ leaseMs: LEASE_MS, maxSignals: 2 })).toBeUndefined()
      await one.settle(lease, {})
      expect(uuids((await leaseOne(other, 2)).signals)).toEqual([uuidNumber(0), uuidNumber(1)])
    },
  },
  {
    name: 'twenty that lease at once get twenty different partitions',
    async run({ connect }) {
      const storages = await Promise.all([connect(), connect(), connect()])
      const machines = Array.from({ length: 20 }, (_, index) => machineNumber(index))
      await storages[0]?.enqueue(machines.flatMap((machineId, index) => signals(machineId, 2, 2 * index)))
      const leases = await Promise.all(
        Array.from({ length: 25 }, (_, index) => storages[index % 3]?.lease({ leaseMs: LEASE_MS, maxSignals: 1 })),
      )
      const leased = leases.flatMap((lease) => lease?.machineId ?? [])
      expect([...leased].sort()).toEqual(machines)
    },
  },
  {
    name: 'the partition that has been due longest comes first',
    async run({ connect, advance }) {
      const storage = await connect()
      for (let number = 5; number > 0; number -= 1) {
        await storage.enqueue(signals(machineNumber(number), 2, 2 * number))
        await advance(10)
      }
      const order: string[] = []
      for (let turn = 0; turn < 10; turn += 1) {
        const lease = await leaseOne(storage, 1)
        order.push(lease.machineId)
        await advance(10)
        await storage.settle(lease, { sent: uuids(lease.signals) })
        await advance(10)
      }
      const round = [5, 4, 3, 2, 1].map(machineNumber)
      expect(order).toEqual([...round, ...round])
    },
  },
  {
    name: 'a partition whose signals were deleted falls asleep, and wakes with the next one',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.enqueue([...signals(machineA, 2), ...signals(machineB, 1, 2)])
      expect(await storage.deleteSignals({ machineId: machineA })).toBe(2)
      for (let turn = 0; turn < 3; turn += 1) {
        const lease = await storage.lease({ leaseMs: LEASE_MS, maxSignals: 1 })
        if (lease !== undefined) await storage.settle(lease, { sent: uuids(lease.signals) })
      }
      await advance(2 * LEASE_MS)
      expect(await storage.lease({ leaseMs: LEASE_MS, maxSignals: 1 })).toBeUndefined()
      await storage.enqueue(signals(machineA, 1))
      expect((await leaseOne(storage)).machineId).toBe(machineA)
    },
  },
  {
    name: 'a lease needs a time and a number',
    async run({ connect }) {
      const storage = await connect()
      for (const request of [
        { leaseMs: 0, maxSignals: 1 },
        { leaseMs: 1, maxSignals: 0 },
        { leaseMs: 1, maxSignals: 1.5 },
      ]) {
        await expect(storage.lease(request)).rejects.toMatchObject({ code: 'invalid_input' })
      }
    },
  },
]
