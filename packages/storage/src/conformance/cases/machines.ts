import { expect } from 'vitest'
import { drain, machineA, machineB, machineNumber, signals } from '../fixtures.js'
import type { ConformanceCase } from '../harness.js'

export const machineCases: readonly ConformanceCase[] = [
  {
    name: 'an unknown machine is undefined, also when it has signals',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 1))
      expect(await storage.getMachine(machineA)).toBeUndefined()
    },
  },
  {
    name: 'of callers that create a machine at once, all get the password that won',
    async run({ connect }) {
      const storages = await Promise.all([connect(), connect(), connect()])
      const created = await Promise.all(
        storages.map((storage, index) => storage.createMachine({ machineId: machineA, password: `password-${index}` })),
      )
      const passwords = new Set(created.map(({ password }) => password))
      expect(passwords.size).toBe(1)
      expect(await storages[0]?.getMachine(machineA)).toMatchObject({ password: [...passwords][0], registered: false, authFailures: 0 })
    },
  },
  {
    name: 'an update changes the fields it names and no others, for every connection',
    async run({ connect }) {
      const [one, other] = [await connect(), await connect()]
      await one.createMachine({ machineId: machineA, password: 'p' })
      await one.updateMachine(machineA, { registered: true })
      await one.updateMachine(machineA, { token: { value: 't', scenarios: ['a/b', 'c/d'], lifetimeMs: undefined } })
      await one.updateMachine(machineA, { authFailures: 2 })
      expect(await other.getMachine(machineA)).toEqual({
        machineId: machineA,
        password: 'p',
        registered: true,
        authFailures: 2,
        token: { value: 't', scenarios: ['a/b', 'c/d'], expiresInMs: undefined },
        failing: undefined,
      })
      await other.updateMachine(machineA, { token: null })
      expect((await one.getMachine(machineA))?.token).toBeUndefined()
    },
  },
  {
    name: 'updating an unknown machine is a storage_conflict',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 1))
      await expect(storage.updateMachine(machineA, { registered: true })).rejects.toMatchObject({ code: 'storage_conflict' })
    },
  },
  {
    name: 'a token’s time runs on the store’s clock',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.createMachine({ machineId: machineA, password: 'p' })
      await storage.updateMachine(machineA, { token: { value: 't', scenarios: [], lifetimeMs: 3_600_000 } })
      await advance(3_000_000)
      const expiresInMs = (await storage.getMachine(machineA))?.token?.expiresInMs ?? 0
      expect(expiresInMs).toBeLessThanOrEqual(600_000)
      expect(expiresInMs).toBeGreaterThan(540_000)
      await advance(3_600_000)
      expect((await storage.getMachine(machineA))?.token?.expiresInMs).toBeLessThan(0)
    },
  },
  {
    name: 'failing counts from the first time, and says when to try again',
    async run({ connect, advance }) {
      const storage = await connect()
      await storage.createMachine({ machineId: machineA, password: 'p' })
      const failing = { reason: 'credentials_refused', message: 'no', count: 1, retryAfterMs: 3_600_000 } as const
      await storage.updateMachine(machineA, { failing })
      await advance(3_600_000)
      await storage.updateMachine(machineA, { failing: { ...failing, count: 2, retryAfterMs: 7_200_000 } })
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
      const failing = { reason: 'credentials_refused', count: 1, retryAfterMs: 3_600_000 } as const
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
      await one.updateMachine(machineA, { failing: { reason: 'unauthorized', count: 1, retryAfterMs: 3_600_000 } })
      await one.enqueue(signals(machineA, 1))
      await other.updateMachine(machineA, { failing: null })
      expect((await drain(one)).length).toBe(1)
    },
  },
  {
    name: 'machines are listed in order of id, over any number of pages, failing ones apart if asked',
    async run({ connect }) {
      const storage = await connect()
      const ids = Array.from({ length: 23 }, (_, index) => machineNumber(index))
      for (const machineId of [...ids].reverse()) await storage.createMachine({ machineId, password: 'p' })
      await storage.updateMachine(machineNumber(7), { failing: { reason: 'unauthorized', count: 1, retryAfterMs: 1 } })
      const seen: string[] = []
      let after: string | undefined
      do {
        const page = await storage.listMachines({ limit: 5, ...(after !== undefined && { after }) })
        expect(page.machines.length).toBeLessThanOrEqual(5)
        seen.push(...page.machines.map(({ machineId }) => machineId))
        after = page.next
      } while (after !== undefined)
      expect(seen).toEqual(ids)
      expect((await storage.listMachines({ failing: true })).machines.map(({ machineId }) => machineId)).toEqual([machineNumber(7)])
      expect((await storage.listMachines({ failing: false })).machines.length).toBe(22)
    },
  },
  {
    name: 'deleting machines forgets credentials, signals and leases, and nobody else’s',
    async run({ connect }) {
      const storage = await connect()
      await storage.createMachine({ machineId: machineA, password: 'p' })
      await storage.createMachine({ machineId: machineB, password: 'p' })
      await storage.enqueue([...signals(machineA, 2), ...signals(machineB, 1, 2)])
      const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 1 })
      expect(await storage.deleteMachines([machineA, machineNumber(1)])).toBe(1)
      expect(await storage.getMachine(machineA)).toBeUndefined()
      expect(await storage.getMachine(machineB)).toBeDefined()
      expect(await storage.listSignals({ machineId: machineA })).toMatchObject({ signals: [] })
      if (lease?.machineId === machineA) expect(await storage.settle(lease, {})).toEqual({ lost: true })
      else if (lease !== undefined) expect(await storage.settle(lease, {})).toEqual({ lost: false })
      expect((await drain(storage)).length).toBe(1)
      expect(await storage.enqueue(signals(machineA, 1))).toEqual({ added: 1, duplicates: 0 })
      expect(await storage.stats()).toMatchObject({ machines: 2, pending: 1 })
      expect(await storage.deleteMachines([])).toBe(0)
    },
  },
]
