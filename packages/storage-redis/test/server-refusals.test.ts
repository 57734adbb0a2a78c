import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { RedisStorage } from '../src/index.js'
import { batch, type FaultyServer, failure, startFaultyServer } from './faulty-server.js'

let faulty: FaultyServer
let storage: RedisStorage

beforeEach(async () => {
  faulty = await startFaultyServer({ 'enable-protected-configs': 'yes' })
  storage = faulty.storage
})
afterEach(() => faulty.close())

describe('a server that refuses', () => {
  test('at maxmemory takes no more signals and says so, but can be drained, and then takes some again', async () => {
    const signals = batch(2_000, 'm', JSON.stringify({ text: 'x'.repeat(1_000) }))
    await storage.enqueue(signals.slice(0, 1_000))
    await faulty.admin((client) => client.config('SET', 'maxmemory', '1mb'))
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

    await faulty.admin((client) => client.config('SET', 'maxmemory', '0'))
    expect(await storage.enqueue(signals.slice(1_000))).toEqual({ added: 1_000, duplicates: 0 })
  })

  test('because it cannot write to its disk is unavailable, until it can', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cscapi-disk-'))
    await faulty.admin(async (client) => {
      const [, dir = ''] = (await client.config('GET', 'dir')) as string[]
      await client.config('SET', 'save', '3600 1000000')
      await client.config('SET', 'dir', folder)
      rmSync(folder, { recursive: true })
      const isSaved = async (outcome: string) =>
        expect(await client.info('persistence')).toContain(`rdb_last_bgsave_status:${outcome}`)
      await client.bgsave()
      await vi.waitFor(() => isSaved('err'), { timeout: 120_000 })
      expect(await failure(storage.enqueue(batch(1)))).toMatchObject({
        code: 'storage_unavailable',
        driverCode: 'MISCONF',
      })
      expect(await storage.getState('key')).toBeUndefined()

      await client.config('SET', 'dir', dir)
      await client.bgsave()
      await vi.waitFor(() => isSaved('ok'), { timeout: 120_000 })
      expect(await storage.enqueue(batch(1))).toEqual({ added: 1, duplicates: 0 })
    })
  })

  test('as a read-only replica is unavailable, until it is a master again', async () => {
    await faulty.admin((client) => client.replicaof('127.0.0.1', 1))
    const error = await failure(storage.enqueue(batch(1)))
    expect(error).toMatchObject({ code: 'storage_unavailable', driverCode: 'READONLY' })
    expect(error.message).toContain('read-only replica')
    await faulty.admin((client) => client.replicaof('NO', 'ONE'))
    await vi.waitFor(() => storage.enqueue(batch(1)), { timeout: 120_000 })
  })

  test('the password is storage_failed without the password in it, and the right one works on the same instance', async () => {
    const wrong = new RedisStorage({ url: faulty.server.url.replace('://', '://:guess@') })
    await faulty.admin((client) => client.config('SET', 'requirepass', 'correct-horse'))
    const error = await failure(wrong.open())
    expect(error).toMatchObject({ code: 'storage_failed', driverCode: 'WRONGPASS', retryable: false })
    expect(JSON.stringify([error, error.message, String(error.cause), error.stack])).not.toContain('guess')

    const client = new Redis(faulty.server.url.replace('://', '://:correct-horse@'))
    await client.config('SET', 'requirepass', 'guess')
    await client.quit()
    await wrong.open()
    expect(await wrong.enqueue(batch(1))).toEqual({ added: 1, duplicates: 0 })
    await wrong.close()
  })
})
