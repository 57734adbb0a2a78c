import { expect } from 'vitest'
import { drain, LEASE_MS, leaseOne, machineA, machineB, signals, uuidNumber, uuids } from '../fixtures.js'
import type { ConformanceCase } from '../harness.js'

const failing = { reason: 'credentials_refused', count: 1, retryAfterMs: 3_600_000 } as const

export const failingCases: readonly ConformanceCase[] = [
  {
    name: 'failing counts from the first time, and says when to try again',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.createMachine({ machineId: machineA, password: 'p' })
      await storage.updateMachine(machineA, { failing: { ...failing, message: 'no' } })
      await advance(3_600_000)
      await storage.updateMachine(machineA, {
        failing: { ...failing, message: 'no', count: 2, retryAfterMs: 7_200_000 },
      })
      const machine = await storage.getMachine(machineA)
      expect(machine?.failing).toMatchObject({ reason: 'credentials_refused', message: 'no', count: 2 })
      expect(machine?.failing?.sinceMs).toBeGreaterThanOrEqual(3_600_000)
      expect(machine?.failing?.retryInMs).toBeGreaterThan(7_100_000)
      expect(await storage.stats()).toMatchObject({ failing: 1 })
      await storage.updateMachine(machineA, { failing: null })
      expect((await storage.getMachine(machineA))?.failing).toBeUndefined()
      expect(await storage.stats()).toMatchObject({ failing: 0 })
    },
  },
  {
    name: 'a failing machine is not due before its time, whenever its signals came, and is due then',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.createMachine({ machineId: machineA, password: 'p' })
      await storage.createMachine({ machineId: machineB, password: 'p' })
      await storage.enqueue(signals(machineA, 1))
      await storage.updateMachine(machineA, { failing })
      await storage.updateMachine(machineB, { failing })
      await storage.enqueue([...signals(machineA, 1, 1), ...signals(machineB, 1, 2)])
      expect(await drain(storage)).toEqual([])
      await advance(3_600_001)
      expect((await drain(storage)).length).toBe(3)
    },
  },
  {
    name: 'clearing failing makes pending signals due at once',
    async run({ connect }) {
      const [one, other] = [await connect(), await connect()]
      await one.createMachine({ machineId: machineA, password: 'p' })
      await one.updateMachine(machineA, { failing })
      await one.enqueue(signals(machineA, 1))
      await other.updateMachine(machineA, { failing: null })
      expect((await drain(one)).length).toBe(1)
    },
  },
  {
    name: 'a machine found failing under a lease stays with its holder, and rests once that settles',
    async run({ connect, advance }) {
      const [holder, other] = [await connect(), await connect()]
      await holder.createMachine({ machineId: machineA, password: 'p' })
      await holder.enqueue(signals(machineA, 2))
      const lease = await leaseOne(holder, 1)
      await holder.updateMachine(machineA, { failing })
      expect(await holder.settle(lease, { retry: { afterMs: 0 } })).toEqual({ lost: false })
      await advance(failing.retryAfterMs - 1_000)
      expect(await other.lease({ leaseMs: LEASE_MS, maxSignals: 1 })).toBeUndefined()
      await advance(1_001)
      expect((await leaseOne(other)).machine?.failing).toMatchObject({ reason: 'credentials_refused', count: 1 })
    },
  },
  {
    name: 'clearing failing does not take a leased partition from its holder',
    async run({ connect }) {
      const [holder, other] = [await connect(), await connect()]
      await holder.createMachine({ machineId: machineA, password: 'p' })
      await holder.enqueue(signals(machineA, 2))
      const lease = await leaseOne(holder, 1)
      await other.updateMachine(machineA, { failing })
      await other.updateMachine(machineA, { failing: null })
      expect(await other.lease({ leaseMs: LEASE_MS, maxSignals: 1 })).toBeUndefined()
      expect(await holder.settle(lease, { sent: uuids(lease.signals) })).toEqual({ lost: false })
      expect(await drain(other)).toEqual([uuidNumber(1)])
    },
  },
  {
    name: 'requeueing the signals of a failing machine does not wake it',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.createMachine({ machineId: machineA, password: 'p' })
      await storage.enqueue(signals(machineA, 1))
      await storage.settle(await leaseOne(storage), { rejected: [{ uuid: uuidNumber(0), reason: 'no' }] })
      await storage.updateMachine(machineA, { failing })
      expect(await storage.requeueSignals()).toBe(1)
      expect(await drain(storage)).toEqual([])
      await advance(failing.retryAfterMs + 1)
      expect(await drain(storage)).toEqual([uuidNumber(0)])
    },
  },
]
