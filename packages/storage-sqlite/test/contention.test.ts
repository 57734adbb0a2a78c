import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { SqliteStorage } from '../src/index.js'
import { onEachDriver } from './drivers.js'
import { temporaryFolder } from './temporary-folder.js'

const PROGRAM = await bundleProgram(new URL('./programs/store.mjs', import.meta.url))

onEachDriver((driver) => {
  const run = (command: string, path: string, number = 0) =>
    promisify(execFile)(process.execPath, [PROGRAM, driver.name, command, path, String(number)], {
      maxBuffer: 16_777_216,
    })

  test('two processes that add and two that lease lose nothing and settle nothing twice', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const [, , one, two] = await Promise.all([
      run('produce', path, 1),
      run('produce', path, 2),
      run('consume', path),
      run('consume', path),
    ])
    const seen = [...one.stdout.split('\n'), ...two.stdout.split('\n')].filter((line) => line !== '')
    const storage = new SqliteStorage({ driver: driver.name, path })
    await storage.open()
    for (
      let lease = await storage.lease({ leaseMs: 1_000, maxSignals: 100 });
      lease !== undefined;
      lease = await storage.lease({ leaseMs: 1_000, maxSignals: 100 })
    ) {
      const rest = lease.signals.map(({ uuid }) => uuid)
      seen.push(...rest)
      await storage.settle(lease, { sent: rest })
    }
    expect(seen.length).toBe(2_000)
    expect(new Set(seen).size).toBe(2_000)
    expect(seen.filter((line) => line.startsWith('lost'))).toEqual([])
    await storage.close()
  })

  test('while another process holds the lock, calls wait, the event loop goes on, and then they get through', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const storage = new SqliteStorage({ driver: driver.name, path })
    await storage.open()
    const other = driver.open(path)
    other.exec('BEGIN IMMEDIATE')
    let ticks = 0
    const timer = setInterval(() => {
      ticks += 1
    }, 1)
    const waiting = storage.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }])
    while (ticks < 20) await sleep(1)
    expect(await Promise.race([waiting, Promise.resolve('still waiting')])).toBe('still waiting')
    other.exec('COMMIT')
    other.close()
    expect(await waiting).toEqual({ added: 1, duplicates: 0 })
    clearInterval(timer)
    await storage.close()
  })

  test('a lock that is not let go of ends in storage_busy, and the next call works once it is', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const storage = new SqliteStorage({ driver: driver.name, path, busyTimeoutMs: 50 })
    await storage.open()
    const other = driver.open(path)
    other.exec('BEGIN IMMEDIATE')
    const signal = { machineId: 'm', uuid: 'u', payload: '{}' }
    await expect(storage.enqueue([signal])).rejects.toMatchObject({
      code: 'storage_busy',
      retryable: true,
      operation: 'enqueue',
    })
    other.exec('COMMIT')
    other.close()
    expect(await storage.enqueue([signal])).toEqual({ added: 1, duplicates: 0 })
    await storage.close()
  })

  test('another caller’s failing transaction does not sweep an acknowledged write away', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const [storage, reader] = [
      new SqliteStorage({ driver: driver.name, path }),
      new SqliteStorage({ driver: driver.name, path }),
    ]
    await storage.open()
    await reader.open()
    const calls = Array.from({ length: 40 }, (_, index) =>
      index % 2 === 0
        ? storage.setState(`k${index}`, new Uint8Array([index]))
        : storage.updateMachine('nobody', { authFailures: 1 }),
    )
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(20)
    for (let index = 0; index < 40; index += 2) expect(await reader.getState(`k${index}`), `k${index}`).toBeDefined()
    await storage.close()
    await reader.close()
  })
})
