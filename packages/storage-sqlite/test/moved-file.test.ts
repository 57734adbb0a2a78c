import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { SqliteStorage } from '../src/index.js'
import { onEachDriver } from './drivers.js'

/**
 * The locks that this process holds on a file, each once however many descriptors show it. (The list
 * of all locks, `/proc/locks`, tells files by number alone: two file systems may give the same one.)
 */
function locksOf(path: string): string[] {
  const locks = new Set<string>()
  for (const descriptor of readdirSync('/proc/self/fd')) {
    try {
      if (readlinkSync(`/proc/self/fd/${descriptor}`) !== realpathSync(path)) continue
      const held = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8').matchAll(/^lock:\s*\d+: (POSIX .*)$/gm)
      for (const [, lock = ''] of held) locks.add(lock)
    } catch {
      // The descriptor that listed the folder, or one closed since.
    }
  }
  return [...locks]
}

/** A folder that was changed long ago is looked at with fewer calls to the system. */
describe.each([
  ['has just changed', 0],
  ['is at rest', 3_600_000],
])('in a folder that %s', (_, laterMs) => {
  onEachDriver((driver) => {
    const realNow = Date.now
    beforeEach(() => {
      vi.spyOn(Date, 'now').mockImplementation(() => realNow() + laterMs)
    })
    afterEach(() => vi.restoreAllMocks())

    const signal = (uuid: string) => ({ machineId: 'm', uuid, payload: '{}' })
    const moved = {
      code: 'storage_unavailable',
      retryable: true,
      message: expect.stringMatching(/store\.db.*removed, renamed or replaced.*next call/),
    }

    const directory = process.cwd()
    afterEach(() => process.chdir(directory))

    async function openStore(path = join(temporaryFolder(), 'store.db')) {
      const storage = new SqliteStorage({ driver: driver.name, path })
      await storage.open()
      await storage.enqueue([signal('first')])
      return { storage, path }
    }

    /** What a process that starts now finds. */
    async function uuidsIn(path: string): Promise<string[]> {
      const reader = new SqliteStorage({ driver: driver.name, path })
      await reader.open()
      const { signals } = await reader.listSignals()
      await reader.close()
      return signals.map(({ uuid }) => uuid).sort()
    }

    const faults: [string, (path: string) => void][] = [
      ['deleted', (path) => rmSync(path)],
      ['renamed', (path) => renameSync(path, `${path}.old`)],
      [
        'replaced by a copy',
        (path) => {
          copyFileSync(path, `${path}.copy`)
          renameSync(`${path}.copy`, path)
        },
      ],
      ['robbed of its log', (path) => rmSync(`${path}-wal`)],
      ['robbed of its shared memory', (path) => rmSync(`${path}-shm`)],
      ['robbed of what its log held', (path) => truncateSync(`${path}-wal`)],
      ['robbed of half its log', (path) => truncateSync(`${path}-wal`, statSync(`${path}-wal`).size / 2)],
    ]

    test.each(faults)(
      'after the file was %s, nothing is acknowledged that the next start would not find',
      async (_, harm) => {
        const { storage, path } = await openStore()
        harm(path)
        await expect(storage.enqueue([signal('refused')])).rejects.toMatchObject(moved)
        expect(await storage.enqueue([signal('second')])).toMatchObject({ added: 1 })
        expect((await storage.listSignals()).signals.map(({ uuid }) => uuid)).toContain('second')
        await storage.close()
        expect(await uuidsIn(path)).toContain('second')
      },
    )

    test('a log that was cut is no log that another process has emptied: nobody is told then, and nothing fails', async () => {
      const { storage, path } = await openStore()
      const other = driver.open(path)
      for (let round = 0; round < 20; round += 1) {
        expect(other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all()).toMatchObject([{ busy: 0 }])
        await storage.enqueue([signal(`emptied ${round}`)])
      }
      other.close()
      expect(await storage.stats()).toMatchObject({ pending: 21 })
      await storage.close()
    })

    test.each([0, 0.5, 0.9])(
      'a log that was cut to %d of its length costs what was cut off, and nothing else',
      async (share) => {
        const { storage, path } = await openStore()
        const other = new SqliteStorage({ driver: driver.name, path })
        await other.open()
        for (let round = 0; round < 30; round += 1) await storage.enqueue([signal(`before ${round}`)])
        truncateSync(`${path}-wal`, Math.floor(statSync(`${path}-wal`).size * share))
        await expect(storage.enqueue([signal('refused')])).rejects.toMatchObject(moved)
        await storage.enqueue([signal('second')])
        await other.enqueue([signal('third')])
        await storage.close()
        await other.close()
        const found = await uuidsIn(path)
        expect(found).toEqual(
          expect.arrayContaining(['second', 'third', ...(share === 0.9 ? ['first', 'before 0'] : [])]),
        )
      },
    )

    test.each(['-wal', '-shm'])(
      'without its %s a store goes on, also where another storage of the same process is idle',
      async (end) => {
        const { storage, path } = await openStore()
        const other = new SqliteStorage({ driver: driver.name, path })
        await other.open()
        rmSync(`${path}${end}`)
        await expect(storage.enqueue([signal('refused')])).rejects.toMatchObject(moved)
        await storage.enqueue([signal('second')])
        await other.enqueue([signal('third')])
        await storage.close()
        await other.close()
        expect(await uuidsIn(path)).toEqual(['first', 'second', 'third'])
      },
    )

    test('a database that was cut after its log was written into it takes nothing more, and says why', async () => {
      const { storage, path } = await openStore()
      const other = driver.open(path)
      await storage.enqueue(Array.from({ length: 300 }, (_, index) => signal(`before ${index}`)))
      other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all()
      other.close()
      await storage.enqueue([signal('last')])
      truncateSync(path, 8_192)
      await expect(storage.enqueue([signal('refused')])).rejects.toMatchObject(moved)
      await expect(storage.enqueue([signal('refused')])).rejects.toMatchObject({
        code: 'storage_corrupt',
        retryable: false,
        message: expect.stringContaining('restore a copy'),
      })
      await storage.close()
    })

    test('a database that another program packs is not cut', async () => {
      const { storage, path } = await openStore()
      await storage.enqueue(Array.from({ length: 500 }, (_, index) => signal(`before ${index}`)))
      while ((await storage.deleteSignals({}, 500)) > 0);
      const other = driver.open(path)
      other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all()
      await storage.enqueue([signal('second')])
      other.exec('VACUUM')
      other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all()
      other.close()
      expect(await storage.enqueue([signal('third')])).toMatchObject({ added: 1 })
      await storage.close()
      expect(await uuidsIn(path)).toEqual(['second', 'third'])
    })

    test('what was acknowledged before a file was renamed is in the renamed file', async () => {
      const { storage, path } = await openStore()
      renameSync(path, `${path}.old`)
      await expect(storage.stats()).rejects.toMatchObject(moved)
      await storage.enqueue([signal('second')])
      await storage.close()
      expect(await uuidsIn(`${path}.old`)).toEqual(['first'])
      expect(await uuidsIn(path)).toEqual(['second'])
    })

    test('what was acknowledged before a log was deleted is not lost with it', async () => {
      const { storage, path } = await openStore()
      rmSync(`${path}-wal`)
      await expect(storage.stats()).rejects.toMatchObject(moved)
      expect(await storage.stats()).toMatchObject({ pending: 1 })
      await storage.close()
      expect(await uuidsIn(path)).toEqual(['first'])
    })

    test('a backup that was put in place is read as it is, and not through the log of what was there before', async () => {
      const { storage, path } = await openStore()
      const backup = await openStore()
      await backup.storage.enqueue([signal('of the backup')])
      await backup.storage.close()
      renameSync(backup.path, path)
      await expect(storage.stats()).rejects.toMatchObject(moved)
      await storage.enqueue([signal('second')])
      await storage.close()
      expect(await uuidsIn(path)).toEqual(['first', 'of the backup', 'second'])
    })

    test('opening and closing a second storage leaves the first its locks, so that no other process takes its log for an orphan', async () => {
      const { storage: one, path } = await openStore()
      expect(locksOf(path)).toHaveLength(1)
      const other = new SqliteStorage({ driver: driver.name, path })
      await other.open()
      expect(locksOf(path)).toHaveLength(1)
      await other.close()
      expect(locksOf(path)).toHaveLength(1)
      await one.close()
      expect(locksOf(path)).toEqual([])
    })

    test.each([
      ['getMachine', (storage: SqliteStorage) => storage.getMachine('m')],
      ['getState', (storage: SqliteStorage) => storage.getState('k')],
      ['setState', (storage: SqliteStorage) => storage.setState('k', new Uint8Array(1))],
      ['createMachine', (storage: SqliteStorage) => storage.createMachine({ machineId: 'm', password: 'p' })],
      ['lease', (storage: SqliteStorage) => storage.lease({ leaseMs: 1_000, maxSignals: 1 })],
      ['stats', (storage: SqliteStorage) => storage.stats()],
      ['deleteSignals', (storage: SqliteStorage) => storage.deleteSignals()],
    ])('%s answers nothing from a file that is gone, and the next call opens a new one', async (operation, call) => {
      const { storage, path } = await openStore()
      rmSync(path)
      await expect(call(storage)).rejects.toMatchObject({ ...moved, operation })
      expect(await storage.stats()).toMatchObject({ pending: 0 })
      await storage.close()
    })

    test('a lease on a file that was replaced is lost in the new one', async () => {
      const { storage, path } = await openStore()
      const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 1 })
      rmSync(path)
      await expect(storage.settle(lease!, { sent: ['first'] })).rejects.toMatchObject(moved)
      expect(await storage.settle(lease!, { sent: ['first'] })).toEqual({ lost: true })
      await storage.close()
    })

    test('a folder that is removed is named as what to make, and the store goes on when it is there again', async () => {
      const folder = join(temporaryFolder(), 'inner')
      mkdirSync(folder)
      const { storage, path } = await openStore(join(folder, 'store.db'))
      rmSync(folder, { recursive: true })
      await expect(storage.stats()).rejects.toMatchObject(moved)
      await expect(storage.enqueue([signal('second')])).rejects.toMatchObject({
        code: 'storage_unavailable',
        retryable: false,
        message: expect.stringMatching(/enqueue failed on .*store\.db: its folder does not exist; make it/),
      })
      mkdirSync(folder)
      await storage.enqueue([signal('second')])
      await storage.close()
      expect(await uuidsIn(path)).toEqual(['second'])
    })

    test('a link that points elsewhere now is another file', async () => {
      const folder = temporaryFolder()
      const link = join(folder, 'store.db')
      symlinkSync(join(folder, 'one.db'), link)
      const { storage } = await openStore(link)
      rmSync(link)
      symlinkSync(join(folder, 'two.db'), link)
      await expect(storage.stats()).rejects.toMatchObject(moved)
      expect(await storage.stats()).toMatchObject({ pending: 0 })
      await storage.close()
      expect(await uuidsIn(join(folder, 'one.db'))).toEqual(['first'])
    })

    test('a relative path is that of the working directory in which the storage was made', async () => {
      const [here, elsewhere] = [temporaryFolder(), temporaryFolder()]
      process.chdir(here)
      const storage = new SqliteStorage({ driver: driver.name, path: 'store.db' })
      process.chdir(elsewhere)
      await storage.open()
      await storage.enqueue([signal('first')])
      rmSync(join(here, 'store.db'))
      await expect(storage.stats()).rejects.toMatchObject(moved)
      await storage.enqueue([signal('second')])
      await storage.close()
      expect(await uuidsIn(join(here, 'store.db'))).toEqual(['second'])
    })

    test('every process of a store notices, and all go on with the same new file', async () => {
      const { storage: one, path } = await openStore()
      const other = new SqliteStorage({ driver: driver.name, path })
      await other.open()
      renameSync(path, `${path}.old`)
      for (const storage of [one, other]) await expect(storage.stats()).rejects.toMatchObject(moved)
      await Promise.all([one.enqueue([signal('a')]), other.enqueue([signal('b')])])
      expect(await one.stats()).toMatchObject({ pending: 2 })
      await Promise.all([one.close(), other.close()])
      expect(await uuidsIn(path)).toEqual(['a', 'b'])
    })
  })
})
