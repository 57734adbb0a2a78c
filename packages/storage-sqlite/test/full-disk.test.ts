import { execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { mountSmallDisk } from '@cscapi/test-servers'
import { expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { SqliteStorage } from '../src/index.js'
import { onEachDriver } from './drivers.js'
import { temporaryFolder } from './temporary-folder.js'

const PROGRAM = await bundleProgram(new URL('./programs/store.mjs', import.meta.url))

onEachDriver((driver) => {
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
    const storage = new SqliteStorage({ driver: driver.name, path: join(mounted.disk.path, 'store.db') })
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

  test('files that may not grow any more are a typed error, what was acknowledged stays, and the same process goes on once they may', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const child = spawn(process.execPath, [PROGRAM, driver.name, 'addOnDemand', path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const answers = createInterface(child.stdout)[Symbol.asyncIterator]()
    const limitFiles = (size: string) => execFileSync('prlimit', [`--pid=${child.pid}`, `--fsize=${size}:`])
    const add = async () => {
      child.stdin.write('\n')
      return JSON.parse((await answers.next()).value)
    }
    try {
      expect((await answers.next()).value).toBe('ready')
      limitFiles(String(2 ** 20))
      let acknowledged = 0
      let answer = await add()
      for (; answer.added === 100 && acknowledged < 100_000; answer = await add()) acknowledged += 100
      expect(answer).toMatchObject({ code: 'storage_unavailable', retryable: true, pending: acknowledged })
      expect(acknowledged).toBeGreaterThan(0)
      limitFiles('unlimited')
      expect(await add()).toMatchObject({ added: 100, pending: acknowledged + 100 })
    } finally {
      child.stdin.end()
      child.kill()
    }
  })
})
