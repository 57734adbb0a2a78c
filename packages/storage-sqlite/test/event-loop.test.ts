import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { turnsDuring } from '@cscapi/test-servers/turns-during'
import { expect, test } from 'vitest'
import { SqliteStorage } from '../src/index.js'
import { onEachDriver } from './drivers.js'

onEachDriver((driver) => {
  const signals = (machineId: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({ machineId, uuid: `${machineId}-${index}`, payload: '{}' }))

  async function openStore(path = join(temporaryFolder(), 'store.db')): Promise<SqliteStorage> {
    const storage = new SqliteStorage({ driver: driver.name, path })
    await storage.open()
    return storage
  }

  test('every call gives the event loop a turn, so that no loop of calls keeps timers waiting', async () => {
    const storage = await openStore()
    const calls = 50
    const turns = await turnsDuring(async () => {
      for (let call = 0; call < calls; call += 1) {
        await storage.enqueue(signals(`m${call}`, 1))
        await storage.getState('k')
        await storage.lease({ leaseMs: 1_000, maxSignals: 1 })
      }
    })
    expect(turns).toBeGreaterThanOrEqual(3 * calls)
    await storage.close()
  })

  test('a large batch is stored in slices with turns between them, and whole or not at all', async () => {
    const storage = await openStore()
    const batch = signals('m', 20_000)
    expect(await turnsDuring(() => storage.enqueue(batch))).toBeGreaterThanOrEqual(80)
    expect(await storage.stats()).toMatchObject({ pending: 20_000 })
    expect(await storage.enqueue([...batch, ...batch])).toEqual({ added: 0, duplicates: 40_000 })
    await storage.close()
  })

  test('what is called while a large batch is stored sees all of it or nothing, and is not swept into it', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const [storage, other] = [await openStore(path), await openStore(path)]
    const storing = storage.enqueue(signals('large', 10_000))
    const seen = new Set<number>()
    const between = storage.setState('between', new Uint8Array([1]))
    for (let isOver = false; !isOver; ) {
      isOver = await Promise.race([storing.then(() => true), nextTurn(false)])
      seen.add((await other.stats()).pending)
    }
    seen.add((await other.stats()).pending)
    expect([...seen]).toEqual([0, 10_000])
    expect(await between).toBeGreaterThan(0)
    await Promise.all([storage.close(), other.close()])
  })

  test('deleting a machine of many signals gives turns too', async () => {
    const storage = await openStore()
    await storage.enqueue(signals('a', 10_000))
    await storage.enqueue(signals('b', 10_000))
    expect(await turnsDuring(() => storage.deleteMachines(['a']))).toBeGreaterThanOrEqual(10)
    expect(await storage.stats()).toMatchObject({ machines: 1, pending: 10_000 })
    await storage.close()
  })
})
