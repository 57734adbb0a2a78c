import { FAILING_REASONS, type MachinePatch } from '@cscapi/core'
import { expect } from 'vitest'
import {
  drain,
  leaseOne,
  machineA,
  machineB,
  machineNumber,
  readPages,
  signals,
  uuidNumber,
  uuids,
} from '../fixtures.js'
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
      expect(await storages[0]?.getMachine(machineA)).toMatchObject({
        password: [...passwords][0],
        registered: false,
        authFailures: 0,
      })
    },
  },
  {
    name: 'a password can be written in another form, and nothing else changes',
    async run({ connect }) {
      const [one, other] = [await connect(), await connect()]
      await one.createMachine({ machineId: machineA, password: 'in clear' })
      await one.updateMachine(machineA, {
        registered: true,
        token: { value: 't', scenarios: ['a/b'], lifetimeMs: 60_000 },
      })
      await one.updateMachine(machineA, { password: 'sealed:1:0a1b2c3d:Zm9v_-' })
      expect(await other.getMachine(machineA)).toMatchObject({
        password: 'sealed:1:0a1b2c3d:Zm9v_-',
        registered: true,
        token: { value: 't', scenarios: ['a/b'] },
      })
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
    name: 'updates of different fields at once all hold',
    async run({ connect }) {
      const storages = await Promise.all([connect(), connect(), connect()])
      await storages[0]?.createMachine({ machineId: machineA, password: 'p' })
      const patches: MachinePatch[] = [
        { registered: true },
        { token: { value: 't', scenarios: ['a/b'], lifetimeMs: undefined } },
        { authFailures: 2, failing: { reason: 'unauthorized', count: 1, retryAfterMs: 60_000 } },
      ]
      await Promise.all(patches.map((patch, index) => storages[index]?.updateMachine(machineA, patch)))
      expect(await storages[0]?.getMachine(machineA)).toMatchObject({
        password: 'p',
        registered: true,
        token: { value: 't' },
        authFailures: 2,
        failing: { reason: 'unauthorized' },
      })
    },
  },
  {
    name: 'every reason for which a machine is left alone is kept',
    async run({ connect }) {
      const storage = await connect()
      await storage.createMachine({ machineId: machineA, password: 'p' })
      for (const reason of FAILING_REASONS) {
        await storage.updateMachine(machineA, { failing: { reason, count: 1, retryAfterMs: 60_000 } })
        expect((await storage.getMachine(machineA))?.failing).toMatchObject({ reason })
      }
    },
  },
  {
    name: 'ids, passwords, tokens and messages are text like any other, and come out as they went in',
    async run({ connect }) {
      const storage = await connect()
      const odd = 'é漢字😀 "\'\\{}:*%_'
      const ids = [odd, 'id', 'ID', 'id ', 'i', 'id:id', '{id}']
      for (const machineId of ids) await storage.createMachine({ machineId, password: `${odd}${machineId}` })
      await storage.updateMachine(odd, {
        token: { value: odd, scenarios: [odd, 'b,c', ''], lifetimeMs: undefined },
        failing: { reason: 'register_refused', message: odd, count: 1, retryAfterMs: 1 },
      })
      for (const machineId of ids) {
        expect(await storage.getMachine(machineId)).toMatchObject({ machineId, password: `${odd}${machineId}` })
      }
      expect(await storage.getMachine(odd)).toMatchObject({
        token: { value: odd, scenarios: [odd, 'b,c', ''] },
        failing: { message: odd },
      })
      expect(await storage.stats()).toMatchObject({ machines: ids.length, failing: 1 })
    },
  },
  {
    name: 'updating an unknown machine is a storage_conflict',
    async run({ connect }) {
      const storage = await connect()
      await storage.enqueue(signals(machineA, 1))
      await expect(storage.updateMachine(machineA, { registered: true })).rejects.toMatchObject({
        code: 'storage_conflict',
      })
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
    name: 'machines are listed in order of id, over any number of pages, failing ones apart if asked',
    async run({ connect }) {
      const storage = await connect()
      const ids = Array.from({ length: 23 }, (_, index) => machineNumber(index))
      for (const machineId of [...ids].reverse()) await storage.createMachine({ machineId, password: 'p' })
      await storage.updateMachine(machineNumber(7), { failing: { reason: 'unauthorized', count: 1, retryAfterMs: 1 } })
      const seen = await readPages(async (after) => {
        const { machines, next } = await storage.listMachines({ limit: 5, ...(after !== undefined && { after }) })
        expect(machines.length).toBeLessThanOrEqual(5)
        return { items: machines.map(({ machineId }) => machineId), next }
      })
      expect(seen).toEqual(ids)
      expect((await storage.listMachines({ failing: true })).machines.map(({ machineId }) => machineId)).toEqual([
        machineNumber(7),
      ])
      expect((await storage.listMachines({ failing: false })).machines.length).toBe(22)
    },
  },
  {
    name: 'deleting machines forgets credentials, signals and leases, and nobody else’s',
    async run({ connect }) {
      const [one, other] = [await connect(), await connect()]
      await one.createMachine({ machineId: machineA, password: 'p' })
      await one.createMachine({ machineId: machineB, password: 'p' })
      await one.enqueue([...signals(machineA, 2), ...signals(machineB, 1, 2)])
      const leases = [await leaseOne(one, 1), await leaseOne(one, 1)]
      expect(await other.deleteMachines([machineA, machineNumber(1)])).toBe(1)
      expect(await one.getMachine(machineA)).toBeUndefined()
      expect(await one.getMachine(machineB)).toBeDefined()
      expect(await one.listSignals({ machineId: machineA })).toEqual({ signals: [], next: undefined })
      expect(await one.stats()).toMatchObject({ machines: 1, pending: 0, leased: 1 })
      expect(await other.enqueue(signals(machineA, 1))).toEqual({ added: 1, duplicates: 0 })
      for (const lease of leases) {
        const result = { sent: uuids(lease.signals) }
        expect(await one.settle(lease, result)).toEqual({ lost: lease.machineId === machineA })
      }
      expect(await drain(one)).toEqual([uuidNumber(0)])
    },
  },
  {
    name: 'deleting no machines, unknown ones and thousands of them is fine',
    async run({ connect }) {
      const storage = await connect()
      await storage.createMachine({ machineId: machineA, password: 'p' })
      await storage.enqueue(signals(machineB, 1))
      expect(await storage.deleteMachines([])).toBe(0)
      const unknown = Array.from({ length: 2_000 }, (_, index) => machineNumber(index))
      expect(await storage.deleteMachines([...unknown, machineA, machineB, machineA])).toBe(2)
      expect(await storage.stats()).toMatchObject({ machines: 0, pending: 0 })
    },
  },
]
