import { listAll } from '@cscapi/storage/conformance'
import { mountSmallDisk, type SmallDisk, startRedis, type TestServer } from '@cscapi/test-servers'
import { Redis } from 'ioredis'
import { expect, test, vi } from 'vitest'
import { RedisStorage } from '../src/index.js'
import { batch, failure } from './faulty-server.js'

const TIMEOUTS = { commandTimeoutMs: 10_000, connectTimeoutMs: 10_000 }
const PAYLOAD = JSON.stringify('x'.repeat(4_000))

/** Adds until the store says that it cannot; what it acknowledged, and what it said. */
async function fill(storage: RedisStorage): Promise<{ acknowledged: string[]; error: Error }> {
  const acknowledged: string[] = []
  for (let number = 0; number < 1_000; number += 1) {
    const signals = batch(100, 'm', PAYLOAD)
    const error = await storage.enqueue(signals).then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    if (error !== undefined) return { acknowledged, error }
    acknowledged.push(...signals.map(({ uuid }) => uuid))
  }
  throw new Error('the store never was full')
}

async function uuidsOf(storage: RedisStorage): Promise<Set<string>> {
  return new Set((await listAll(storage, {}, 1_000)).map(({ uuid }) => uuid))
}

/**
 * A server that keeps its append-only file on a disk that is soon full. Without the right to mount,
 * see what a folder that is gone does in server-refusals.test.ts.
 */
async function onSmallDisk(
  appendfsync: string,
  work: (server: TestServer, storage: RedisStorage, disk: SmallDisk) => Promise<void>,
): Promise<void> {
  const mounted = mountSmallDisk(8)
  if (mounted.disk === undefined) return expect(mounted.refused).toMatch(/mount/)
  const config = { dir: mounted.disk.path, appendfsync, 'auto-aof-rewrite-percentage': '0' }
  const server = await startRedis({ config })
  try {
    const storage = new RedisStorage({ url: server.url, ...TIMEOUTS })
    await storage.open()
    await work(server, storage, mounted.disk)
    await storage.close()
  } finally {
    await server.stop()
    mounted.disk.remove()
  }
}

test('a full disk is a typed error while the server stands; with room again the same storage goes on, and a killed server has it all', async () => {
  await onSmallDisk('everysec', async (server, storage, disk) => {
    const { acknowledged, error } = await fill(storage)
    expect(error).toMatchObject({ code: 'storage_unavailable', retryable: true, driverCode: 'MISCONF' })
    expect(error.message).toContain('disk')
    disk.grow(64)
    const later = batch(1)
    await vi.waitFor(() => storage.enqueue(later), { timeout: 120_000 })
    acknowledged.push(...later.map(({ uuid }) => uuid))

    await server.kill()
    await server.restart()
    const kept = await vi.waitFor(() => uuidsOf(storage), { timeout: 120_000 })
    expect(acknowledged.length).toBeGreaterThan(1)
    expect(acknowledged.filter((uuid) => !kept.has(uuid))).toEqual([])
  })
})

test('with appendfsync always the server ends itself on a full disk; started again with room it has all that was acknowledged', async () => {
  await onSmallDisk('always', async (server, storage, disk) => {
    const { acknowledged, error } = await fill(storage)
    expect(error).toMatchObject({ code: 'storage_unavailable', retryable: true })
    expect(await failure(storage.stats())).toMatchObject({ code: 'storage_unavailable', retryable: true })
    disk.grow(64)
    await server.restart()
    const kept = await vi.waitFor(() => uuidsOf(storage), { timeout: 120_000 })
    expect(acknowledged.length).toBeGreaterThan(0)
    expect(acknowledged.filter((uuid) => !kept.has(uuid))).toEqual([])
    expect(await storage.enqueue(batch(1))).toEqual({ added: 1, duplicates: 0 })
    const admin = new Redis(server.url)
    expect(await admin.config('GET', 'appendfsync')).toEqual(['appendfsync', 'always'])
    admin.disconnect()
  })
})
