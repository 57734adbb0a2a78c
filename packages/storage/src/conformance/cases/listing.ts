import { expect } from 'vitest'
import { drain, leaseOne, listAll, machineA, machineB, signals, uuidNumber, uuids } from '../fixtures.js'
import type { ConformanceCase } from '../harness.js'

export const listingCases: readonly ConformanceCase[] = [
  {
    name: 'listing goes over any number of pages, oldest first within a machine, each signal once',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue([...signals(machineA, 130), ...signals(machineB, 20, 130)])
      const all = await listAll(storage, {}, 7)
      expect(all.length).toBe(150)
      for (const machineId of [machineA, machineB]) {
        const own = await listAll(storage, { machineId, status: 'pending' }, 7)
        expect(uuids(own)).toEqual(uuids(all.filter((signal) => signal.machineId === machineId)))
        expect(uuids(own)).toEqual([...uuids(own)].sort())
      }
      expect((await storage.listSignals()).signals.length).toBe(100)
    },
  },
  {
    name: 'filters hold together: status, machine and age',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.enqueue([...signals(machineA, 2), ...signals(machineB, 2, 2)])
      await advance(60_000)
      for (const lease of [await leaseOne(storage, 1), await leaseOne(storage, 1)]) {
        await storage.settle(lease, { rejected: [{ uuid: lease.signals[0]?.uuid ?? '', reason: 'no' }] })
      }
      expect((await listAll(storage, { status: 'rejected' })).length).toBe(2)
      expect((await listAll(storage, { status: 'rejected', machineId: machineA })).length).toBe(1)
      expect((await listAll(storage, { status: 'rejected', olderThanMs: 30_000 })).length).toBe(0)
      expect((await listAll(storage, { status: 'pending', olderThanMs: 30_000 })).length).toBe(2)
      expect((await listAll(storage, { status: 'sent' })).length).toBe(0)
      await advance(60_000)
      const [rejected] = await listAll(storage, { status: 'rejected', olderThanMs: 30_000, machineId: machineB })
      expect(rejected?.ageMs).toBeGreaterThanOrEqual(60_000)
    },
  },
  {
    name: 'deleting takes what matches, up to the limit, and never what is leased',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 10))
      const lease = await leaseOne(storage, 4)
      expect(await storage.deleteSignals({ machineId: machineA }, 2)).toBe(2)
      expect(await storage.deleteSignals({ machineId: machineA })).toBe(4)
      expect(await storage.deleteSignals({ machineId: machineA })).toBe(0)
      expect(await storage.deleteSignals({ machineId: machineB })).toBe(0)
      expect(await storage.settle(lease, { sent: uuids(lease.signals) })).toEqual({ lost: false })
      expect(await storage.stats()).toMatchObject({ pending: 0, leased: 0, sent: 4 })
      expect(await storage.enqueue(signals(machineA, 10))).toEqual({ added: 10, duplicates: 0 })
    },
  },
  {
    name: 'a lease that ran out protects its signals no more',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 3))
      const lease = await leaseOne(storage, 2)
      await advance(60_001)
      expect(await storage.deleteSignals()).toBe(3)
      expect(await storage.settle(lease, { sent: uuids(lease.signals) })).toEqual({ lost: false })
      expect(await storage.stats()).toMatchObject({ pending: 0, leased: 0, sent: 0 })
      expect(await drain(storage)).toEqual([])
    },
  },
  {
    name: 'deleting and requeueing take 500 at a time if not told otherwise',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 501))
      const lease = await leaseOne(storage, 501)
      await storage.settle(lease, { rejected: lease.signals.map(({ uuid }) => ({ uuid, reason: 'no' })) })
      expect([await storage.requeueSignals(), await storage.requeueSignals(), await storage.requeueSignals()]).toEqual([
        500, 1, 0,
      ])
      expect([await storage.deleteSignals(), await storage.deleteSignals(), await storage.deleteSignals()]).toEqual([
        500, 1, 0,
      ])
    },
  },
  {
    name: 'a requeued signal is pending again, as the newest of its machine, and its reason is gone',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 3))
      const lease = await leaseOne(storage, 2)
      await storage.settle(lease, { rejected: lease.signals.map(({ uuid }) => ({ uuid, reason: 'no', status: 400 })) })
      expect(await storage.requeueSignals({ machineId: machineB })).toBe(0)
      expect(await storage.requeueSignals({}, 1)).toBe(1)
      expect(await storage.stats()).toMatchObject({ pending: 2, rejected: 1 })
      expect(await storage.requeueSignals()).toBe(1)
      expect(await listAll(storage, { status: 'pending', machineId: machineA })).toMatchObject(
        [2, 0, 1].map((number) => ({ uuid: uuidNumber(number), reason: undefined, httpStatus: undefined })),
      )
      expect(await drain(storage)).toEqual([2, 0, 1].map(uuidNumber))
    },
  },
  {
    name: 'requeueing wakes a machine that was asleep, and does not reach into a live lease',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 2))
      const first = await leaseOne(storage, 1)
      await storage.settle(first, { rejected: [{ uuid: uuidNumber(0), reason: 'no' }] })
      const second = await leaseOne(storage, 5)
      await storage.requeueSignals()
      await storage.settle(second, { sent: [uuidNumber(0), uuidNumber(1)] })
      expect(await drain(storage)).toEqual([uuidNumber(0)])
      await storage.enqueue(signals(machineB, 1))
      const last = await leaseOne(storage)
      await storage.settle(last, { rejected: [{ uuid: uuidNumber(0), reason: 'no' }] })
      expect(await storage.lease({ leaseMs: 60_000, maxSignals: 1 })).toBeUndefined()
      await storage.requeueSignals({ machineId: machineB })
      expect(await drain(storage)).toEqual([uuidNumber(0)])
    },
  },
]
