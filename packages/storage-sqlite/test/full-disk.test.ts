import { join } from 'node:path'
import { mountSmallDisk } from '@cscapi/test-servers'
import { expect, test } from 'vitest'
import { SqliteStorage } from '../src/index.js'

const batch = (number: number) =>
  Array.from({ length: 100 }, (_, index) => ({
    machineId: 'm',
    uuid: `${number}-${index}`,
    payload: JSON.stringify('x'.repeat(2_000)),
  }))

/** Adds until the store says that it cannot, and returns what it has acknowledged. */
async function fill(storage: SqliteStorage): Promise<{ acknowledged: number; failure: unknown }> {
  for (let number = 0; number < 1_000; number += 1) {
    const failure: unknown = await storage.enqueue(batch(number)).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (failure !== undefined) return { acknowledged: number * 100, failure }
  }
  throw new Error('the store never was full')
}

const FULL = { name: 'StorageError', code: 'storage_unavailable', retryable: true, driverCode: 'SQLITE_FULL' }

test('a full disk is a typed error; what was acknowledged stays, and once there is room the same storage goes on', async () => {
  const mounted = mountSmallDisk(8)
  if (mounted.disk === undefined) {
    expect(mounted.refused).toMatch(/mount/)
    return
  }
  const storage = new SqliteStorage({ path: join(mounted.disk.path, 'store.db') })
  await storage.open()
  const { acknowledged, failure } = await fill(storage)
  expect(failure).toMatchObject(FULL)
  expect(acknowledged).toBeGreaterThan(0)
  expect(await storage.stats()).toMatchObject({ pending: acknowledged })
  mounted.disk.grow(64)
  expect(await storage.enqueue(batch(1_001))).toEqual({ added: 100, duplicates: 0 })
  expect(await storage.stats()).toMatchObject({ pending: acknowledged + 100 })
  await storage.close()
  mounted.disk.remove()
})
