import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { OpenStore } from '@cscapi/storage'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../src/connect/connect.js'
import type { Database } from '../src/connect/database.js'
import type { Driver } from '../src/drivers/driver.js'
import { SqliteStorage } from '../src/index.js'
import { operationsOn } from '../src/operations/index.js'
import { onEachDriver } from './drivers.js'
import { watched } from './watched-driver.js'

const signal = (number: number, machineId = 'm') => ({ machineId, uuid: `u${number}`, payload: '{}' })
const numbers = (count: number) => Array.from({ length: count }, (_, number) => number)

/** Thrown in place of what the library would. */
class DiskFull extends Error {}

onEachDriver((driver) => {
  let path: string
  /** What ran on the connection since it was opened. */
  let statements: string[]
  /** Called before each statement. */
  let before: (text: string) => void
  let database: Database
  let store: OpenStore

  /** The library, which also knows {@link DiskFull}. */
  const knowing: Driver = {
    ...driver,
    codeOf: (error) => driver.codeOf(error) ?? (error instanceof DiskFull ? 'SQLITE_FULL' : undefined),
  }

  async function open(busyTimeoutMs = 10_000): Promise<void> {
    const noting = watched(knowing, (text) => {
      before(text)
      statements.push(text)
    })
    database = await openDatabase(noting, path, busyTimeoutMs)
    store = operationsOn(database, Date.now)
    statements = []
  }

  beforeEach(() => {
    path = join(temporaryFolder(), 'store.db')
    statements = []
    before = () => {}
  })

  const commits = () => statements.filter((text) => text === 'COMMIT').length
  /** What another connection sees. */
  async function storedUuids(): Promise<string[]> {
    const other = new SqliteStorage({ driver: driver.name, path })
    await other.open()
    const { signals } = await other.listSignals({}, { limit: 1_000 })
    await other.close()
    return signals.map(({ uuid }) => uuid)
  }
  test('a thousand callers of one signal each cost some commits, and all is stored', async () => {
    await open()
    const results = await Promise.all(numbers(1_000).map((number) => store.enqueue([signal(number)])))
    expect(results).toEqual(Array(1_000).fill({ added: 1, duplicates: 0 }))
    expect(commits()).toBeLessThanOrEqual(10)
    expect(new Set(await storedUuids()).size).toBe(1_000)
    await store.close()
  })

  test('one call alone is one transaction, without a savepoint', async () => {
    await open()
    await store.enqueue([signal(1)])
    expect(commits()).toBe(1)
    expect(statements.filter((text) => text.startsWith('SAVEPOINT'))).toEqual([])
    await store.close()
  })

  test('what a caller is told is what another connection sees by then', async () => {
    await open()
    const other = driver.open(path)
    const find = other.prepare('SELECT uuid FROM signals WHERE uuid = ?')
    const seen = numbers(600).map(async (number) => {
      await store.enqueue([signal(number)])
      return find.all(`u${number}`).length
    })
    expect(await Promise.all(seen)).toEqual(Array(600).fill(1))
    other.close()
    await store.close()
  })

  test('calls see those before them, in the order in which they were made', async () => {
    await open()
    const [, first, , second, count] = await Promise.all([
      store.setState('k', new Uint8Array([1]), {}),
      store.getState('k'),
      store.setState('k', new Uint8Array([2]), {}),
      store.getState('k'),
      store.stats(),
      store.enqueue([signal(1)]),
    ])
    expect([first?.value, second?.value, count.pending]).toEqual([new Uint8Array([1]), new Uint8Array([2]), 0])
    await store.close()
  })

  test('one caller’s refusal takes back what that one wrote, and nothing of the others', async () => {
    await open()
    const half = database.write('half', (sql) => {
      sql.execute("INSERT INTO state (key, value, version) VALUES ('half', x'00', 1)")
      throw new RangeError('no further')
    })
    const outcomes = await Promise.allSettled([
      store.enqueue([signal(1)]),
      half,
      store.updateMachine('nobody', { authFailures: 1 }),
      store.enqueue([signal(2)]),
    ])
    expect(commits()).toBe(1)
    expect(outcomes).toMatchObject([
      { value: { added: 1 } },
      { reason: { code: 'storage_failed', operation: 'half', message: expect.stringContaining('no further') } },
      { reason: { code: 'storage_conflict', operation: 'updateMachine' } },
      { value: { added: 1 } },
    ])
    expect(await store.getState('half')).toBeUndefined()
    expect(await storedUuids()).toEqual(['u1', 'u2'])
    await store.close()
  })

  test('a damaged row that one caller meets fails nobody else', async () => {
    await open()
    await store.setState('bad', new Uint8Array([1]), {})
    const other = driver.open(path)
    other.exec("UPDATE state SET version = 'x'")
    other.close()
    const outcomes = await Promise.allSettled([
      store.enqueue([signal(1)]),
      store.getState('bad'),
      store.enqueue([signal(2)]),
    ])
    expect(outcomes).toMatchObject([
      { value: { added: 1, duplicates: 0 } },
      { reason: { code: 'storage_corrupt', operation: 'getState' } },
      { value: { added: 1, duplicates: 0 } },
    ])
    expect(await storedUuids()).toEqual(['u1', 'u2'])
    await store.close()
  })

  describe('where the disk is full', () => {
    test('a commit of many that fails is made one by one, and nobody is told twice or wrongly', async () => {
      await open()
      let failures = 1
      before = (text) => {
        if (text === 'COMMIT' && failures-- > 0) throw new DiskFull()
      }
      const results = await Promise.all(numbers(5).map((number) => store.enqueue([signal(number)])))
      expect(results).toEqual(Array(5).fill({ added: 1, duplicates: 0 }))
      expect(commits()).toBe(5)
      expect(await storedUuids()).toEqual(['u0', 'u1', 'u2', 'u3', 'u4'])
      await store.close()
    })

    test('every commit that fails is told to its caller, and nothing is stored', async () => {
      await open()
      before = (text) => {
        if (text === 'COMMIT') throw new DiskFull()
      }
      const outcomes = await Promise.allSettled([
        store.enqueue([signal(1)]),
        store.setState('k', new Uint8Array([1]), {}),
        store.enqueue([signal(2)]),
      ])
      expect(outcomes).toMatchObject(
        ['enqueue', 'setState', 'enqueue'].map((operation) => ({
          reason: { code: 'storage_unavailable', operation, driverCode: 'SQLITE_FULL' },
        })),
      )
      before = () => {}
      expect(await storedUuids()).toEqual([])
      expect(await store.enqueue([signal(3)])).toEqual({ added: 1, duplicates: 0 })
      await store.close()
    })

    test('a call for which SQLite rolls everything back fails alone', async () => {
      await open()
      const large = database.write('large', (sql) => {
        sql.execute('ROLLBACK')
        throw new DiskFull()
      })
      const outcomes = await Promise.allSettled([store.enqueue([signal(1)]), large, store.enqueue([signal(2)])])
      expect(outcomes).toMatchObject([
        { value: { added: 1, duplicates: 0 } },
        { reason: { code: 'storage_failed', operation: 'large' } },
        { value: { added: 1, duplicates: 0 } },
      ])
      expect(await storedUuids()).toEqual(['u1', 'u2'])
      await store.close()
    })
  })

  test('closing waits for all that was called, and what it was told is there', async () => {
    const storage = new SqliteStorage({ driver: driver.name, path })
    await storage.open()
    const calls = numbers(700).map((number) => storage.enqueue([signal(number)]))
    await storage.close()
    expect(await Promise.all(calls)).toEqual(Array(700).fill({ added: 1, duplicates: 0 }))
    expect((await storedUuids()).length).toBe(700)
    await expect(storage.enqueue([signal(1_000)])).rejects.toMatchObject({ code: 'storage_closed' })
  })

  test('while another process holds the lock all wait, others have their turns, and then one commit does it', async () => {
    await open()
    const other = driver.open(path)
    other.exec('BEGIN IMMEDIATE')
    const waiting = Promise.all(numbers(100).map((number) => store.enqueue([signal(number)])))
    for (let turns = 0; turns < 50; turns += 1) expect(await Promise.race([waiting, nextTurn('free')])).toBe('free')
    other.exec('COMMIT')
    other.close()
    expect(await waiting).toEqual(Array(100).fill({ added: 1, duplicates: 0 }))
    expect(commits()).toBe(1)
    await store.close()
  })

  test('a lock that is not let go of is told to each, with what it had called', async () => {
    await open(0)
    const other = driver.open(path)
    other.exec('BEGIN IMMEDIATE')
    const outcomes = await Promise.allSettled([
      store.enqueue([signal(1)]),
      store.setState('k', new Uint8Array([1]), {}),
      store.lease({ leaseMs: 1_000, maxSignals: 1 }),
    ])
    expect(outcomes).toMatchObject(
      ['enqueue', 'setState', 'lease'].map((operation) => ({ reason: { code: 'storage_busy', operation } })),
    )
    other.exec('COMMIT')
    other.close()
    expect(await store.enqueue([signal(1)])).toEqual({ added: 1, duplicates: 0 })
    await store.close()
  })

  test('leases wait for no disk, unless what must be durable is committed with them', async () => {
    await open()
    await store.enqueue([signal(1, 'a'), signal(2, 'b')])
    /** Whether each commit waited for the disk. */
    const synced = () => {
      let isSynced = true
      const each: boolean[] = []
      for (const text of statements) {
        if (text.startsWith('PRAGMA synchronous')) isSynced = text.endsWith('FULL')
        if (text === 'COMMIT') each.push(isSynced)
      }
      return each
    }
    statements = []
    await store.lease({ leaseMs: 1_000, maxSignals: 1 })
    expect(synced()).toEqual([false])
    statements = []
    await Promise.all([store.lease({ leaseMs: 1_000, maxSignals: 1 }), store.enqueue([signal(3)])])
    expect(synced()).toEqual([true])
    statements = []
    await store.enqueue([signal(4)])
    expect(synced()).toEqual([true])
    await store.close()
  })

  test('files that were moved away fail all calls of the group, each by its name', async () => {
    await open()
    renameSync(path, `${path}.old`)
    const outcomes = await Promise.allSettled([
      store.enqueue([signal(1)]),
      store.getState('k'),
      store.setState('k', new Uint8Array([1]), {}),
    ])
    expect(outcomes).toMatchObject(
      ['enqueue', 'getState', 'setState'].map((operation) => ({ reason: { code: 'storage_unavailable', operation } })),
    )
    await store.close()
  })
})
