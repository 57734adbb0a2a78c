import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryStorage, type SignalLease } from '../src/index.js'
import { SimpleQueue } from './simple-queue.js'

const machineId = fc.constantFrom('a', 'b', 'c')
const uuid = fc.constantFrom('1', '2', '3', '4', '5', '6')
const ms = fc.constantFrom(0, 1, 10, 1_000, 60_000)
const duration = fc.constantFrom(1, 10, 1_000, 60_000)
const status = fc.constantFrom('pending' as const, 'rejected' as const, 'sent' as const)
const filter = fc.record({ status, machineId, olderThanMs: ms }, { requiredKeys: [] })
const signal = fc.record({ machineId, uuid, payload: fc.string({ unit: 'grapheme', maxLength: 5 }) })
const result = fc.record(
  {
    sent: fc.array(uuid, { maxLength: 4 }),
    keepSent: fc.boolean(),
    rejected: fc.array(fc.record({ uuid, reason: fc.constant('no') }), { maxLength: 2 }),
    retry: fc.record({ afterMs: ms, countsAsAttempt: fc.boolean() }, { requiredKeys: ['afterMs'] }),
  },
  { requiredKeys: [] },
)
/** Which of the leases so far, counted from the newest. */
const which = fc.nat(3)

type Run = (store: MemoryStorage, model: SimpleQueue, leases: SignalLease[]) => Promise<void>

/** A step that a failure report prints as the call it stands for. */
const step =
  <T>(name: string, runWith: (input: T) => Run) =>
  (input: T) => ({
    run: runWith(input),
    [fc.toStringMethod]: () => `${name} ${fc.stringify(input)}`,
  })

const enqueue = fc.array(signal, { maxLength: 6 }).map(
  step('enqueue', (signals) => async (store, model) => {
    const storable = signals.map((each) => ({ ...each, payload: each.payload.replaceAll('\0', '') }))
    expect(await store.enqueue(storable)).toEqual(model.enqueue(storable))
  }),
)

const lease = fc.record({ leaseMs: duration, maxSignals: fc.integer({ min: 1, max: 4 }) }).map(
  step('lease', (request) => async (store, model, leases) => {
    const due = model.longestDue()
    const taken = await store.lease(request)
    if (due.length === 0 || taken === undefined) {
      expect({ due, taken }).toEqual({ due: [], taken: undefined })
      return
    }
    expect(due).toContain(taken.machineId)
    expect(taken).toMatchObject(model.lease(taken.machineId, taken.token, request))
    leases.unshift(taken)
  }),
)

const settle = fc.tuple(which, result).map(
  step('settle', ([index, outcome]) => async (store, model, leases) => {
    const held = leases[index]
    if (held === undefined) return
    expect(await store.settle(held, outcome)).toEqual(model.settle(held.machineId, held.token, outcome))
  }),
)

const extend = fc.tuple(which, duration).map(
  step('extend', ([index, leaseMs]) => async (store, model, leases) => {
    const held = leases[index]
    if (held === undefined) return
    expect(await store.extend(held, leaseMs)).toBe(model.extend(held.machineId, held.token, leaseMs))
  }),
)

const advance = ms.map(
  step('advance', (by) => async (_store, model) => {
    model.now += by
  }),
)

const deleteSignals = filter.map(
  step('deleteSignals', (which) => async (store, model) => {
    expect(await store.deleteSignals(which)).toBe(model.deleteSignals(which))
  }),
)

const requeueSignals = filter.map(
  step('requeueSignals', ({ status: _, ...which }) => async (store, model) => {
    expect(await store.requeueSignals(which)).toBe(model.requeueSignals(which))
  }),
)

const setFailing = fc.tuple(machineId, fc.option(ms)).map(
  step('setFailing', ([id, retryAfterMs]) => async (store, model) => {
    await store.createMachine({ machineId: id, password: 'p' })
    const failing = retryAfterMs === null ? null : ({ reason: 'unauthorized', count: 1, retryAfterMs } as const)
    await store.updateMachine(id, { failing })
    model.setFailing(id, retryAfterMs ?? undefined)
  }),
)

const deleteMachine = machineId.map(
  step('deleteMachine', (id) => async (store, model) => {
    await store.deleteMachines([id])
    model.deleteMachine(id)
  }),
)

const anyStep = fc.oneof(
  { weight: 6, arbitrary: enqueue },
  { weight: 8, arbitrary: lease },
  { weight: 8, arbitrary: settle },
  { weight: 2, arbitrary: extend },
  { weight: 4, arbitrary: advance },
  { weight: 1, arbitrary: deleteSignals },
  { weight: 2, arbitrary: requeueSignals },
  { weight: 2, arbitrary: setFailing },
  { weight: 1, arbitrary: deleteMachine },
)

async function expectSame(store: MemoryStorage, model: SimpleQueue): Promise<void> {
  expect(await store.stats()).toMatchObject(model.stats())
  for (const id of ['a', 'b', 'c']) {
    const { signals } = await store.listSignals({ machineId: id })
    const own = model.rows.filter((row) => row.machineId === id)
    expect(signals).toMatchObject(own.map(({ since, ...row }) => ({ ...row, ageMs: model.now - since })))
  }
}

test('whatever is called in whatever order, the queue answers as a list that is simply searched would', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 60, size: 'max' }), async (steps) => {
      const model = new SimpleQueue()
      const store = new MemoryStorage({ now: () => model.now })
      const leases: SignalLease[] = []
      for (const { run } of steps) {
        await run(store, model, leases)
        await expectSame(store, model)
      }
    }),
    { numRuns: 500 },
  )
})
