import { expect } from 'vitest'
import type { Storage } from '../../port.js'
import {
  drain,
  LEASE_MS,
  leaseOne,
  listAll,
  machineA,
  machineB,
  machineNumber,
  signals,
  text,
  uuidNumber,
  uuids,
} from '../fixtures.js'
import type { CaseContext, ConformanceCase } from '../harness.js'

const YEARS_MS = 4 * 366 * 24 * 3_600_000
const HOUR_MS = 3_600_000
const failing = { reason: 'credentials_refused', count: 1, retryAfterMs: HOUR_MS } as const

const SECONDS_MS = 10_000
/**
 * Where time passes: more than a case takes on the slowest machine, so that what was ahead still
 * is.
 */
const MINUTES_MS = 600_000

/** By how much the clock was wrong. */
const STEPS: readonly { name: string; ofMs: (context: CaseContext) => number }[] = [
  { name: 'a moment', ofMs: ({ standsStill }) => (standsStill ? SECONDS_MS : MINUTES_MS) },
  { name: 'years', ofMs: () => YEARS_MS },
]

/** One case for each step, on a store of its own machine. */
function eachStep(
  name: string,
  run: (storages: { one: Storage; other: Storage }, stepMs: number, context: CaseContext) => Promise<void>,
): ConformanceCase[] {
  return STEPS.map((step) => ({
    name: `${name} (${step.name})`,
    run: async (context) =>
      run({ one: await context.connect(), other: await context.connect() }, step.ofMs(context), context),
  }))
}

export const clockCases: readonly ConformanceCase[] = [
  ...eachStep('a lease taken under a clock that was put back is over', async ({ one, other }, stepMs, { advance }) => {
    await one.enqueue(signals(machineA, 2))
    await advance(stepMs)
    await leaseOne(one, 1)
    await advance(-stepMs)
    expect(await other.stats()).toMatchObject({ pending: 2, leased: 0 })
    const taken = await leaseOne(other)
    expect(uuids(taken.signals)).toEqual([uuidNumber(0), uuidNumber(1)])
    // It is written down as such: the new lease is one like any other.
    expect(await one.lease({ leaseMs: LEASE_MS, maxSignals: 1 })).toBeUndefined()
    expect(await other.settle(taken, { sent: uuids(taken.signals) })).toEqual({ lost: false })
  }),
  ...eachStep(
    'signals added, and put back, under a clock that was put back are due',
    async ({ one, other }, stepMs, { advance }) => {
      await advance(stepMs)
      await one.enqueue([...signals(machineNumber(1), 1), ...signals(machineNumber(2), 1, 1)])
      await one.settle(await leaseOne(one), { retry: { afterMs: HOUR_MS } })
      await advance(-stepMs)
      expect((await drain(other)).sort()).toEqual([0, 1].map(uuidNumber))
      await other.enqueue(signals(machineNumber(1), 1, 2))
      expect(await drain(one)).toEqual([uuidNumber(2)])
    },
  ),
  ...eachStep(
    'a machine found failing under a clock that was put back may be tried',
    async ({ one, other }, stepMs, { advance }) => {
      await advance(stepMs)
      await one.createMachine({ machineId: machineA, password: 'p' })
      await one.updateMachine(machineA, { failing, token: { value: 't', scenarios: [], lifetimeMs: HOUR_MS } })
      await one.enqueue(signals(machineA, 1))
      await advance(-stepMs)
      const machine = await other.getMachine(machineA)
      expect(machine?.failing).toMatchObject({ reason: 'credentials_refused', count: 1, sinceMs: 0 })
      expect(machine?.failing?.retryInMs).toBeLessThanOrEqual(0)
      expect(machine?.token?.expiresInMs).toBeLessThanOrEqual(0)
      expect(await drain(other)).toEqual([uuidNumber(0)])
      await other.enqueue(signals(machineA, 1, 1))
      expect(await drain(other)).toEqual([uuidNumber(1)])
      await other.enqueue(signals(machineA, 1, 2))
      await other.updateMachine(machineA, { failing: { ...failing, count: 2 } })
      expect(await drain(one)).toEqual([])
      await advance(HOUR_MS + 1)
      expect((await one.getMachine(machineA))?.failing?.sinceMs).toBeLessThan(HOUR_MS + 60_000)
      expect(await drain(one)).toEqual([uuidNumber(2)])
    },
  ),
  ...eachStep(
    'a value that was to run out under a clock that was put back is gone, and its lock free',
    async ({ one, other }, stepMs, { advance }) => {
      await advance(stepMs)
      await one.setState('lock', text('old'), { ifVersion: 0, expiresInMs: HOUR_MS })
      await one.setState('stays', text('x'))
      await advance(-stepMs)
      expect(await other.getState('lock')).toBeUndefined()
      const version = await other.setState('lock', text('new'), { ifVersion: 0, expiresInMs: HOUR_MS })
      expect(version).toBeGreaterThan(0)
      expect(await one.getState('lock')).toMatchObject({ version })
      expect(await other.getState('stays')).toMatchObject({ expiresInMs: undefined })
    },
  ),
  ...eachStep(
    'what was settled under a clock that was put back is kept for its time from now, and no longer',
    async ({ one }, stepMs, { advance }) => {
      await advance(stepMs)
      await one.enqueue([...signals(machineA, 1), ...signals(machineB, 1, 1)])
      // What was added together may be due in any order.
      for (const lease of [await leaseOne(one), await leaseOne(one)]) {
        const isSent = lease.machineId === machineA
        const rejected = [{ uuid: uuidNumber(1), reason: 'no' }]
        await one.settle(lease, isSent ? { sent: [uuidNumber(0)], keepSent: true } : { rejected })
      }
      await advance(-stepMs)
      expect((await listAll(one)).map(({ ageMs }) => ageMs)).toEqual([0, 0])
      const old = [
        { status: 'sent', olderThanMs: HOUR_MS } as const,
        { status: 'rejected', olderThanMs: HOUR_MS } as const,
      ]
      for (const filter of old) expect(await one.deleteSignals(filter)).toBe(0)
      await advance(HOUR_MS + 1)
      for (const filter of old) expect(await one.deleteSignals(filter)).toBe(1)
    },
  ),
  ...eachStep('attempts made under a clock that was put back count from now', async ({ one }, stepMs, { advance }) => {
    await advance(stepMs)
    await one.enqueue(signals(machineA, 1))
    await one.settle(await leaseOne(one), { retry: { afterMs: 0 } })
    await advance(-stepMs)
    expect(await one.stats()).toMatchObject({ oldestPendingMs: 0 })
    const lease = await leaseOne(one)
    expect(lease).toMatchObject({ attempts: 1, attemptsForMs: 0 })
    await one.settle(lease, { retry: { afterMs: 0 } })
    await advance(HOUR_MS)
    const { attempts, attemptsForMs } = await leaseOne(one)
    expect(attempts).toBe(2)
    expect(attemptsForMs).toBeGreaterThanOrEqual(HOUR_MS)
    expect(attemptsForMs).toBeLessThan(HOUR_MS + 60_000)
  }),
  {
    name: 'a clock that is corrected by moments takes no lease, and lengthens none',
    async run({ connect, advance }) {
      const [one, other] = [await connect(), await connect()]
      await one.enqueue(signals(machineA, 1))
      const lease = await leaseOne(one)
      await one.setState('lock', text('x'), { ifVersion: 0, expiresInMs: LEASE_MS })
      await advance(-500)
      expect(await other.lease({ leaseMs: LEASE_MS, maxSignals: 1 })).toBeUndefined()
      expect((await other.getState('lock'))?.expiresInMs).toBeLessThanOrEqual(LEASE_MS)
      expect(await other.setState('lock', text('y'), { ifVersion: 0 })).toBeUndefined()
      expect(await one.settle(lease, { sent: uuids(lease.signals) })).toEqual({ lost: false })
    },
  },
  {
    name: 'a clock that jumps ahead and comes back keeps what was written before, to the millisecond',
    async run({ connect, advance }) {
      const [one, other] = [await connect(), await connect()]
      await one.createMachine({ machineId: machineA, password: 'p' })
      await one.enqueue(signals(machineA, 1))
      await one.updateMachine(machineA, { failing })
      await one.setState('lock', text('x'), { expiresInMs: HOUR_MS })
      await advance(YEARS_MS)
      expect((await other.getMachine(machineA))?.failing?.retryInMs).toBeLessThan(0)
      await advance(-YEARS_MS)
      expect((await other.getMachine(machineA))?.failing?.retryInMs).toBeGreaterThan(HOUR_MS - 60_000)
      expect((await other.getState('lock'))?.expiresInMs).toBeGreaterThan(HOUR_MS - 60_000)
      expect(await drain(other)).toEqual([])
      await advance(HOUR_MS + 1)
      expect(await drain(other)).toEqual([uuidNumber(0)])
    },
  },
  {
    name: 'whatever the clock did, once it is right nothing waits longer than its own duration, and nothing is lost',
    async run({ connect, advance }) {
      const storages = [await connect(), await connect()]
      const draw = drawNumbers(20_261_128)
      const machineIds = Array.from({ length: 12 }, (_, index) => machineNumber(index))
      const sent: string[] = []
      for (const machineId of machineIds) await storages[0]?.createMachine({ machineId, password: 'p' })
      let added = 0
      for (let turn = 0; turn < 200; turn += 1) {
        const storage = storages[draw(2)] as Storage
        const machineId = machineIds[draw(machineIds.length)] as string
        await advance([0, 1_500, HOUR_MS, YEARS_MS, -5_000, -HOUR_MS, -YEARS_MS][draw(7)] ?? 0)
        if (draw(3) === 0) added += (await storage.enqueue(signals(machineId, 2, added))).added
        if (draw(5) === 0) await storage.updateMachine(machineId, { failing })
        if (draw(4) === 0) await storage.setState(`key ${draw(3)}`, text('x'), { expiresInMs: HOUR_MS })
        const lease = await storage.lease({ leaseMs: LEASE_MS, maxSignals: 2 })
        if (lease === undefined || draw(3) === 0) continue
        const uuid = lease.signals[0]?.uuid
        const result = draw(2) === 0 ? { retry: { afterMs: HOUR_MS } } : { sent: uuid === undefined ? [] : [uuid] }
        const { lost } = await storage.settle(lease, result)
        if (!lost && result.sent !== undefined) sent.push(...result.sent)
      }
      await advance(HOUR_MS + 1)
      for (const key of [0, 1, 2]) expect(await storages[0]?.getState(`key ${key}`)).toBeUndefined()
      sent.push(...(await drain(storages[1] as Storage)))
      expect(sent.sort()).toEqual(Array.from({ length: added }, (_, index) => uuidNumber(index)))
      expect(await storages[0]?.stats()).toMatchObject({ pending: 0, leased: 0, sent: added })
    },
  },
]

/** Whole numbers from 0 up to a bound that is not reached: the same ones each time. */
function drawNumbers(seed: number): (bound: number) => number {
  let state = seed
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}
