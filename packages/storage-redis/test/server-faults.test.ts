import { isCscapiError } from '@cscapi/core'
import type { TestServer } from '@cscapi/test-servers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { RedisStorage } from '../src/index.js'
import { batch, type FaultyServer, failure, startFaultyServer } from './faulty-server.js'

let faulty: FaultyServer
let server: TestServer
let storage: RedisStorage

beforeEach(async () => {
  faulty = await startFaultyServer()
  server = faulty.server
  storage = faulty.storage
})
afterEach(() => faulty.close())

/** Every call of the port, on a store whose server is gone. */
const calls: readonly [string, () => Promise<unknown>][] = [
  ['enqueue of one machine', () => storage.enqueue(batch(1))],
  ['enqueue of two machines', () => storage.enqueue([...batch(1, 'a'), ...batch(1, 'b')])],
  ['lease', () => storage.lease({ leaseMs: 1_000, maxSignals: 1 })],
  ['settle', () => storage.settle({ machineId: 'm', token: 't' }, {})],
  ['extend', () => storage.extend({ machineId: 'm', token: 't' }, 1_000)],
  ['stats', () => storage.stats()],
  ['listSignals', () => storage.listSignals()],
  ['deleteSignals', () => storage.deleteSignals()],
  ['requeueSignals', () => storage.requeueSignals()],
  ['getMachine', () => storage.getMachine('m')],
  ['createMachine', () => storage.createMachine({ machineId: 'm', password: 'secret' })],
  ['updateMachine', () => storage.updateMachine('m', { registered: true })],
  ['listMachines', () => storage.listMachines()],
  ['deleteMachines', () => storage.deleteMachines(['m'])],
  ['getState', () => storage.getState('key')],
  ['setState', () => storage.setState('key', new Uint8Array([1]))],
]

describe('a server that was killed', () => {
  test('fails each call with storage_unavailable, and each works again after its restart', async () => {
    await server.kill()
    const errors = await Promise.all(calls.map(async ([name, call]) => [name, await failure(call())] as const))
    for (const error of errors)
      expect(error).toMatchObject([error[0], { code: 'storage_unavailable', retryable: true }])
    await server.restart()
    await vi.waitFor(() => storage.stats(), { timeout: 120_000 })
    await storage.createMachine({ machineId: 'm', password: 'secret' })
    for (const [name, call] of calls) await expect(call(), name).resolves.not.toThrow()
  })

  test('has what enqueue acknowledged, and gives the machine out again when its lease has run out', async () => {
    const signals = batch(20)
    await storage.enqueue(signals)
    const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 5 })
    await server.kill()
    await failure(storage.settle(lease!, { sent: lease!.signals.map(({ uuid }) => uuid) }))
    await server.restart()
    await vi.waitFor(() => storage.stats(), { timeout: 120_000 })
    expect(await storage.stats()).toMatchObject({ pending: 15, leased: 5 })
    expect(await storage.settle(lease!, { sent: lease!.signals.map(({ uuid }) => uuid) })).toEqual({ lost: false })
    const rest = await storage.lease({ leaseMs: 60_000, maxSignals: 100 })
    expect(rest!.signals.map(({ uuid }) => uuid)).toEqual(signals.slice(5).map(({ uuid }) => uuid))
  })

  test('in the middle of a stream of enqueues loses none that it acknowledged and adds none twice', async () => {
    const acknowledged = new Set<string>()
    const errors: unknown[] = []
    let isRunning = true
    const writers = ['a', 'b', 'c'].map(async (machineId) => {
      while (isRunning) {
        const signals = [...batch(10, machineId), ...batch(10, `${machineId}2`)]
        // What failed is repeated with the same uuids, as a caller would.
        while (isRunning) {
          const result = await storage.enqueue(signals).catch((error: unknown) => errors.push(error))
          if (typeof result !== 'object') continue
          for (const { uuid } of signals) acknowledged.add(uuid)
          break
        }
      }
    })
    for (let round = 0; round < 3; round++) {
      await vi.waitFor(() => expect(acknowledged.size).toBeGreaterThan(200 * (round + 1)), { timeout: 120_000 })
      await server.kill()
      await server.restart()
    }
    isRunning = false
    await Promise.all(writers)
    expect(errors.every(isCscapiError)).toBe(true)
    const found: string[] = []
    for (let after: string | undefined, more = true; more; more = after !== undefined) {
      const page = await storage.listSignals({}, { limit: 1_000, ...(after === undefined ? {} : { after }) })
      found.push(...page.signals.map(({ uuid }) => uuid))
      after = page.next
    }
    expect(new Set(found).size).toBe(found.length)
    expect([...acknowledged].filter((uuid) => !found.includes(uuid))).toEqual([])
  })
})

test('a server that is killed again and again under adding, leasing and settling loses nothing acknowledged and has nothing settled twice', async () => {
  const acknowledged = new Set<string>()
  const settled: string[] = []
  const maybeSettled = new Set<string>()
  // Added again after a lost answer, perhaps when they had been sent: that is a new signal to the
  // store.
  const repeated = new Set<string>()
  const errors: unknown[] = []
  let isRunning = true
  const note = (error: unknown) => void errors.push(error)
  const add = async (machineIds: readonly string[]) => {
    while (isRunning) {
      const signals = machineIds.flatMap((machineId) => batch(5, machineId))
      while (isRunning && (await storage.enqueue(signals).catch(note)) === undefined)
        for (const { uuid } of signals) repeated.add(uuid)
      if (isRunning) for (const { uuid } of signals) acknowledged.add(uuid)
    }
  }
  const send = async () => {
    while (isRunning) {
      const lease = await storage.lease({ leaseMs: 1_000, maxSignals: 5 }).catch(note)
      if (!lease) continue
      const uuids = lease.signals.map(({ uuid }) => uuid)
      const outcome = await storage.settle(lease, { sent: uuids }).catch(note)
      if (outcome === undefined) for (const uuid of uuids) maybeSettled.add(uuid)
      else if (!outcome.lost) settled.push(...uuids)
    }
  }
  const workers = [add(['a', 'b']), add(['b', 'c']), send(), send()]
  for (let kill = 0; kill < 3; kill += 1) {
    const goal = { acknowledged: acknowledged.size + 100, settled: settled.length + 50 }
    await vi.waitFor(
      () => {
        expect(acknowledged.size).toBeGreaterThan(goal.acknowledged)
        expect(settled.length).toBeGreaterThan(goal.settled)
      },
      { timeout: 120_000 },
    )
    await server.kill()
    await server.restart()
  }
  isRunning = false
  await Promise.all(workers)
  expect(errors.length).toBeGreaterThan(0)
  for (const error of errors) expect(error).toMatchObject({ name: 'StorageError', retryable: true })
  const once = settled.filter((uuid) => !repeated.has(uuid))
  expect(new Set(once).size).toBe(once.length)
  const waiting: string[] = []
  for (let after: string | undefined, more = true; more; more = after !== undefined) {
    const page = await storage.listSignals({}, { limit: 1_000, ...(after === undefined ? {} : { after }) })
    waiting.push(...page.signals.map(({ uuid }) => uuid))
    after = page.next
  }
  const known = new Set([...waiting, ...settled, ...maybeSettled])
  expect([...acknowledged].filter((uuid) => !known.has(uuid))).toEqual([])
  expect(waiting.filter((uuid) => once.includes(uuid))).toEqual([])
})

describe('a server that is paused', () => {
  test('fails each call in bounded time, and goes on afterwards', async () => {
    server.pause()
    const results = await Promise.all(calls.map(async ([name, call]) => [name, await failure(call())] as const))
    for (const result of results) expect(result).toMatchObject([result[0], { code: 'storage_unavailable' }])
    server.resume()
    await vi.waitFor(() => storage.stats(), { timeout: 120_000 })
  })

  test('for longer than a lease lets another worker take over, and then the first one’s settle changes nothing', async () => {
    await storage.enqueue(batch(3))
    const first = await storage.lease({ leaseMs: 50, maxSignals: 3 })
    server.pause()
    await failure(storage.extend(first!, 50))
    server.resume()
    const second = await vi.waitFor(
      async () => {
        const taken = await storage.lease({ leaseMs: 60_000, maxSignals: 3 })
        expect(taken).toBeDefined()
        return taken
      },
      { timeout: 120_000 },
    )
    expect(second!.signals).toEqual(first!.signals)
    expect(await storage.settle(first!, { sent: first!.signals.map(({ uuid }) => uuid) })).toEqual({ lost: true })
    expect(await storage.stats()).toMatchObject({ leased: 3, sent: 0 })
  })
})

test('an enqueue that is to wait for replicas fails where there are none, and what it says is true', async () => {
  const careful = new RedisStorage({ url: server.url, waitForReplicas: 1 })
  await careful.open()
  const signals = batch(3)
  const error = await failure(careful.enqueue(signals))
  expect(error).toMatchObject({ code: 'storage_unavailable', message: expect.stringContaining('0 of 1 replicas') })
  expect(await storage.enqueue(signals)).toEqual({ added: 0, duplicates: 3 })
  await careful.close()
})

test('a connection that is reset fails the calls under way at most, and the next one works', async () => {
  const outcomes: unknown[] = []
  const writing = Promise.all(
    Array.from({ length: 50 }, () => storage.enqueue(batch(20)).catch((error: unknown) => outcomes.push(error))),
  )
  await faulty.admin((client) => client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'))
  await writing
  expect(outcomes.every((outcome) => isCscapiError(outcome) && outcome.code === 'storage_unavailable')).toBe(true)
  await vi.waitFor(() => storage.enqueue(batch(1)), { timeout: 120_000 })
})

test('a server that lost its scripts gets them again', async () => {
  await storage.enqueue(batch(1))
  await faulty.admin((client) => client.script('FLUSH'))
  expect(await storage.enqueue(batch(1))).toEqual({ added: 1, duplicates: 0 })
})

test('a host clock that is hours off changes nothing', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 7 * 3_600_000 })
  try {
    await storage.enqueue(batch(2))
    const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 1 })
    expect(lease).toBeDefined()
    vi.setSystemTime(Date.now() + 14 * 3_600_000)
    expect(await storage.lease({ leaseMs: 60_000, maxSignals: 1 })).toBeUndefined()
    expect((await storage.stats()).oldestPendingMs).toBeLessThan(60_000)
  } finally {
    vi.useRealTimers()
  }
})
