import { expect } from 'vitest'
import { drain, LEASE_MS, leaseOne, machineA, machineB, signals, uuidNumber, uuids } from '../fixtures.js'
import type { ConformanceCase } from '../harness.js'

export const expiryCases: readonly ConformanceCase[] = [
  {
    name: 'a lease that ran out is taken over, and the old one then changes nothing',
    async run({ connect, advance }) {
      const [one, other] = [await connect(), await connect()]
      await one.enqueue(signals(machineA, 4))
      const old = await leaseOne(one, 3)
      await advance(LEASE_MS - 1_000)
      expect(await other.lease({ leaseMs: LEASE_MS, maxSignals: 2 })).toBeUndefined()
      await advance(1_001)
      const taken = await leaseOne(other, 2)
      expect(uuids(taken.signals)).toEqual([uuidNumber(0), uuidNumber(1)])
      const late = { sent: [uuidNumber(0), uuidNumber(2)], rejected: [{ uuid: uuidNumber(1), reason: 'no' }] }
      expect(await one.settle(old, late)).toEqual({ lost: true })
      expect(await one.extend(old, LEASE_MS)).toBe(false)
      expect(await other.stats()).toMatchObject({ pending: 2, leased: 2, sent: 0, rejected: 0 })
      expect(await other.settle(taken, { sent: uuids(taken.signals) })).toEqual({ lost: false })
      expect(await drain(other)).toEqual([uuidNumber(2), uuidNumber(3)])
    },
  },
  {
    name: 'settling late counts as long as nobody took over',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 2))
      const lease = await leaseOne(storage, 1)
      await advance(10 * LEASE_MS)
      expect(await storage.settle(lease, { sent: [uuidNumber(0)] })).toEqual({ lost: false })
      expect(await drain(storage)).toEqual([uuidNumber(1)])
    },
  },
  {
    name: 'settling twice is lost the second time',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 2))
      const lease = await leaseOne(storage, 1)
      await storage.settle(lease, {})
      expect(await storage.settle(lease, { sent: [uuidNumber(0)] })).toEqual({ lost: true })
      expect((await drain(storage)).length).toBe(2)
    },
  },
  {
    name: 'extending gives the lease its time from now',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 1))
      const lease = await leaseOne(storage)
      await advance(LEASE_MS / 2)
      expect(await storage.extend(lease, LEASE_MS)).toBe(true)
      await advance(LEASE_MS - 1_000)
      expect(await storage.lease({ leaseMs: LEASE_MS, maxSignals: 1 })).toBeUndefined()
      await advance(1_001)
      expect((await leaseOne(storage)).machineId).toBe(machineA)
    },
  },
  {
    name: 'extending late counts as long as nobody took over',
    async run({ connect, advance }) {
      const [holder, other] = [await connect(), await connect()]
      await holder.enqueue(signals(machineA, 1))
      const lease = await leaseOne(holder)
      await advance(10 * LEASE_MS)
      expect(await holder.extend(lease, LEASE_MS)).toBe(true)
      expect(await other.lease({ leaseMs: LEASE_MS, maxSignals: 1 })).toBeUndefined()
      expect(await holder.settle(lease, { sent: uuids(lease.signals) })).toEqual({ lost: false })
    },
  },
  {
    name: 'a token that no lease bears, or another machine’s, changes nothing',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue([...signals(machineA, 1), ...signals(machineB, 1)])
      const [one, other] = [await leaseOne(storage), await leaseOne(storage)]
      const result = { sent: [uuidNumber(0)] }
      for (const held of [
        { machineId: one.machineId, token: other.token },
        { machineId: one.machineId, token: '00000000-0000-4000-8000-000000000000' },
        { machineId: 'nobody', token: one.token },
      ]) {
        expect(await storage.settle(held, result)).toEqual({ lost: true })
        expect(await storage.extend(held, LEASE_MS)).toBe(false)
      }
      expect(await storage.stats()).toMatchObject({ leased: 2, sent: 0 })
    },
  },
  {
    name: 'a signal deleted after the lease ran out and added anew was not leased',
    async run({ connect, advance }) {
      const [late, other] = [await connect(), await connect()]
      await late.enqueue(signals(machineA, 2))
      const lease = await leaseOne(late, 1)
      await advance(LEASE_MS + 1)
      expect(await other.deleteSignals({ machineId: machineA })).toBe(2)
      await other.enqueue(signals(machineA, 2))
      await late.settle(lease, { sent: [uuidNumber(0)] })
      expect((await drain(other)).sort()).toEqual([0, 1].map(uuidNumber))
    },
  },
  {
    name: 'a lease on a machine whose signals were all deleted is exclusive like any other',
    async run({ connect, advance }) {
      const [one, other] = [await connect(), await connect()]
      await one.enqueue(signals(machineA, 1))
      await leaseOne(one)
      await advance(LEASE_MS + 1)
      await other.deleteSignals()
      // Whether the machine is asleep already or only after an empty lease is the adapter's choice.
      const empty = await one.lease({ leaseMs: LEASE_MS, maxSignals: 1 })
      expect(empty?.signals ?? []).toEqual([])
      await other.enqueue(signals(machineA, 1, 1))
      if (empty !== undefined) {
        expect(await other.lease({ leaseMs: LEASE_MS, maxSignals: 1 })).toBeUndefined()
        expect(await one.settle(empty, {})).toEqual({ lost: false })
      }
      expect(await drain(other)).toEqual([uuidNumber(1)])
    },
  },
  {
    name: 'a lease that ran out, lost signals to a deletion and was extended late ends like any other',
    async run({ connect, advance }) {
      const [late, other] = [await connect(), await connect()]
      await late.enqueue(signals(machineA, 5))
      const lease = await leaseOne(late, 2)
      await advance(LEASE_MS + 1)
      expect(await other.deleteSignals({}, 1)).toBe(1)
      expect(await late.extend(lease, LEASE_MS)).toBe(true)
      // How many of the signals left count as leased is not promised, but none counts twice.
      const { pending, leased } = await other.stats()
      expect({ all: pending + leased, isNegative: pending < 0 || leased < 0 }).toEqual({ all: 4, isNegative: false })
      await late.settle(lease, { sent: uuids(lease.signals) })
      expect(await other.stats()).toMatchObject({ pending: 3, leased: 0, sent: 1 })
      expect(await drain(other)).toEqual([2, 3, 4].map(uuidNumber))
    },
  },
  {
    name: 'durations need not be whole milliseconds',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.createMachine({ machineId: machineA, password: 'p' })
      await storage.enqueue(signals(machineA, 1))
      const lease = await leaseOne(storage, 1, 1_000.25)
      expect(await storage.extend(lease, 1_000.5)).toBe(true)
      await storage.updateMachine(machineA, { token: { value: 't', scenarios: [], lifetimeMs: 1_000.5 } })
      await storage.settle(lease, { retry: { afterMs: 1_000.75 } })
      await storage.setState('k', new Uint8Array(1), { expiresInMs: 1_000.5 })
      await advance(1_002)
      expect((await storage.getMachine(machineA))?.token?.expiresInMs).toBeLessThan(0)
      expect(await storage.getState('k')).toBeUndefined()
      await storage.settle(await leaseOne(storage), {})
      const failing = { reason: 'unauthorized', count: 1, retryAfterMs: 1_000.5 } as const
      await storage.updateMachine(machineA, { failing })
      expect(await drain(storage)).toEqual([])
      await advance(1_002)
      expect(await drain(storage)).toEqual([uuidNumber(0)])
    },
  },
]
