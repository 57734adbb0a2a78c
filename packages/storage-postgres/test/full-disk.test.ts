import { mountSmallDisk, startPostgres } from '@cscapi/test-servers'
import { Pool } from 'pg'
import { expect, test } from 'vitest'
import { PostgresStorage } from '../src/index.js'

const batch = (number: number) =>
  Array.from({ length: 100 }, (_, index) => ({
    machineId: 'm',
    uuid: `${number}-${index}`,
    // Nothing that compresses.
    payload: JSON.stringify(Array.from({ length: 100 }, () => Math.random()).join()),
  }))

test('a full disk is a typed error; what was acknowledged stays, and once there is room the same storage goes on', async () => {
  const mounted = mountSmallDisk(8)
  if (mounted.disk === undefined) {
    expect(mounted.refused).toMatch(/mount/)
    return
  }
  const { disk } = mounted
  const server = await startPostgres({ config: {} })
  const admin = new Pool({ connectionString: server.url })
  try {
    await admin.query(`CREATE TABLESPACE small LOCATION '${disk.path}'`)
    await admin.query('ALTER DATABASE postgres SET default_tablespace = small')
    const storage = new PostgresStorage({ url: server.url })
    await storage.open()
    let acknowledged = 0
    let failure: unknown
    for (let number = 0; failure === undefined && number < 1_000; number += 1) {
      failure = await storage.enqueue(batch(number)).then(
        () => undefined,
        (error: unknown) => error,
      )
      if (failure === undefined) acknowledged += 100
    }
    expect(failure).toMatchObject({
      name: 'StorageError',
      code: 'storage_unavailable',
      retryable: true,
      driverCode: '53100',
      message: expect.stringContaining('disk'),
    })
    expect(acknowledged).toBeGreaterThan(0)
    expect(await storage.stats()).toMatchObject({ pending: acknowledged })
    disk.grow(64)
    expect(await storage.enqueue(batch(1_001))).toEqual({ added: 100, duplicates: 0 })
    expect(await storage.stats()).toMatchObject({ pending: acknowledged + 100 })
    await storage.close()
  } finally {
    await admin.end()
    await server.stop()
    disk.remove()
  }
})
