import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isCscapiError, StorageError } from '@cscapi/core'
import type { QueuedSignal } from '@cscapi/storage'
import { startRedis, type TestServer } from '@cscapi/test-servers'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { RedisStorage } from '../src/index.js'

const COMMAND_TIMEOUT_MS = 2_000

let server: TestServer
let storage: RedisStorage

async function start(config: Record<string, string> = {}): Promise<void> {
  server = await startRedis({ config })
  storage = new RedisStorage({
    url: server.url,
    commandTimeoutMs: COMMAND_TIMEOUT_MS,
    connectTimeoutMs: COMMAND_TIMEOUT_MS,
  })
  await storage.open()
}

beforeEach(() => start(), 300_000)
afterEach(async () => {
  await storage.close()
  await server.stop()
})

function batch(size: number, machineId = 'm', payload = '{}'): QueuedSignal[] {
  return Array.from({ length: size }, () => ({ machineId, uuid: randomUUID(), payload }))
}

async function admin<T>(work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(server.url)
  try {
    return await work(client)
  } finally {
    client.disconnect()
  }
}

/** The error of a call that must fail, which has to be a typed one. */
async function failure(call: Promise<unknown>): Promise<StorageError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof StorageError) return error
  throw new Error(`expected a StorageError, got ${String(error)}`)
}

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
    for (const [name, call] of calls)
      expect([name, await failure(call())]).toMatchObject([name, { code: 'storage_unavailable', retryable: true }])
    await server.restart()
    await vi.waitFor(() => storage.stats(), { timeout: 10_000 })
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
    await vi.waitFor(() => storage.stats(), { timeout: 10_000 })
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
      await vi.waitFor(() => expect(acknowledged.size).toBeGreaterThan(200 * (round + 1)), { timeout: 10_000 })
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
  }, 60_000)
})

describe('a server that is paused', () => {
  test('fails each call in bounded time, and goes on afterwards', async () => {
    server.pause()
    const results = await Promise.all(calls.map(async ([name, call]) => [name, await failure(call())] as const))
    for (const result of results) expect(result).toMatchObject([result[0], { code: 'storage_unavailable' }])
    server.resume()
    await vi.waitFor(() => storage.stats(), { timeout: 10_000 })
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
      { timeout: 10_000 },
    )
    expect(second!.signals).toEqual(first!.signals)
    expect(await storage.settle(first!, { sent: first!.signals.map(({ uuid }) => uuid) })).toEqual({ lost: true })
    expect(await storage.stats()).toMatchObject({ leased: 3, sent: 0 })
  })
})

describe('a server that refuses', () => {
  test('at maxmemory takes no more signals and says so, but can be drained, and then takes some again', async () => {
    const signals = batch(2_000, 'm', JSON.stringify({ text: 'x'.repeat(1_000) }))
    await storage.enqueue(signals.slice(0, 1_000))
    await admin((client) => client.config('SET', 'maxmemory', '1mb'))
    expect(await failure(storage.enqueue(signals.slice(1_000, 1_001)))).toMatchObject({
      code: 'storage_unavailable',
      driverCode: 'OOM',
    })
    expect((await failure(storage.enqueue(signals.slice(1_000)))).message).toContain('maxmemory')
    expect(await storage.stats()).toMatchObject({ pending: 1_000 })

    // What sending needs beside the queue works too.
    await storage.createMachine({ machineId: 'm', password: 'secret' })
    await storage.updateMachine('m', { registered: true, token: { value: 'jwt', scenarios: [], lifetimeMs: 60_000 } })
    expect(
      await storage.setState('login:m', new Uint8Array([1]), { ifVersion: 0, expiresInMs: 1_000 }),
    ).toBeGreaterThan(0)
    for (let left = 1_000; left > 0; left -= 100) {
      const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 100 })
      expect(await storage.extend(lease!, 60_000)).toBe(true)
      await storage.settle(lease!, {
        sent: lease!.signals.slice(1).map(({ uuid }) => uuid),
        rejected: [{ uuid: lease!.signals[0]!.uuid, reason: 'no' }],
      })
    }
    expect(await storage.stats()).toMatchObject({ pending: 0, sent: 990, rejected: 10 })
    expect(await storage.deleteSignals({ status: 'rejected' })).toBe(10)

    await admin((client) => client.config('SET', 'maxmemory', '0'))
    expect(await storage.enqueue(signals.slice(1_000))).toEqual({ added: 1_000, duplicates: 0 })
  })

  test('because it cannot write to its disk is unavailable, until it can', async () => {
    await storage.close()
    await server.stop()
    await start({ 'enable-protected-configs': 'yes' })
    const folder = mkdtempSync(join(tmpdir(), 'cscapi-disk-'))
    await admin(async (client) => {
      const [, dir = ''] = (await client.config('GET', 'dir')) as string[]
      await client.config('SET', 'save', '3600 1000000')
      await client.config('SET', 'dir', folder)
      rmSync(folder, { recursive: true })
      const isSaved = async (outcome: string) =>
        expect(await client.info('persistence')).toContain(`rdb_last_bgsave_status:${outcome}`)
      await client.bgsave()
      await vi.waitFor(() => isSaved('err'), { timeout: 10_000 })
      expect(await failure(storage.enqueue(batch(1)))).toMatchObject({
        code: 'storage_unavailable',
        driverCode: 'MISCONF',
      })
      expect(await storage.getState('key')).toBeUndefined()

      await client.config('SET', 'dir', dir)
      await client.bgsave()
      await vi.waitFor(() => isSaved('ok'), { timeout: 10_000 })
      expect(await storage.enqueue(batch(1))).toEqual({ added: 1, duplicates: 0 })
    })
  })

  test('as a read-only replica is unavailable, until it is a master again', async () => {
    await admin((client) => client.replicaof('127.0.0.1', 1))
    const error = await failure(storage.enqueue(batch(1)))
    expect(error).toMatchObject({ code: 'storage_unavailable', driverCode: 'READONLY' })
    expect(error.message).toContain('read-only replica')
    await admin((client) => client.replicaof('NO', 'ONE'))
    await vi.waitFor(() => storage.enqueue(batch(1)), { timeout: 10_000 })
  })

  test('the password is storage_failed without the password in it, and the right one works on the same instance', async () => {
    const wrong = new RedisStorage({ url: server.url.replace('://', '://:guess@') })
    await admin((client) => client.config('SET', 'requirepass', 'correct-horse'))
    const error = await failure(wrong.open())
    expect(error).toMatchObject({ code: 'storage_failed', driverCode: 'WRONGPASS', retryable: false })
    expect(JSON.stringify([error, error.message, String(error.cause), error.stack])).not.toContain('guess')

    const client = new Redis(server.url.replace('://', '://:correct-horse@'))
    await client.config('SET', 'requirepass', 'guess')
    await client.quit()
    await wrong.open()
    expect(await wrong.enqueue(batch(1))).toEqual({ added: 1, duplicates: 0 })
    await wrong.close()
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
  await admin((client) => client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'))
  await writing
  expect(outcomes.every((outcome) => isCscapiError(outcome) && outcome.code === 'storage_unavailable')).toBe(true)
  await vi.waitFor(() => storage.enqueue(batch(1)), { timeout: 10_000 })
})

test('a server that lost its scripts gets them again', async () => {
  await storage.enqueue(batch(1))
  await admin((client) => client.script('FLUSH'))
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
