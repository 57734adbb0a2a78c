import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { describe, expect, test } from 'vitest'
import { SqliteStorage } from '../src/index.js'
import { migrations } from '../src/migrations.gen.js'
import { onEachDriver } from './drivers.js'

const [first] = migrations
const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

onEachDriver((driver) => {
  const on = (path: string, readOnly: boolean) => new SqliteStorage({ driver: driver.name, path, readOnly })

  async function storeWithOneSignal(): Promise<string> {
    const path = join(temporaryFolder(), 'store.db')
    const storage = on(path, false)
    await storage.open()
    await storage.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }])
    await storage.close()
    return path
  }

  function storeOfTheFirstVersion(): string {
    const path = join(temporaryFolder(), 'store.db')
    const writer = driver.open(path)
    writer.exec('PRAGMA journal_mode = WAL')
    writer.exec(String(first?.sql))
    writer.exec(
      'CREATE TABLE cscapi_migrations (version INTEGER PRIMARY KEY, name TEXT, checksum TEXT, applied_at TEXT)',
    )
    const { name, checksum } = { ...first }
    writer.prepare('INSERT INTO cscapi_migrations VALUES (1, ?, ?, ?)').run(String(name), String(checksum), 'then')
    writer.close()
    return path
  }

  describe('a store that is opened with readOnly', () => {
    test('is read, and keeps every byte', async () => {
      const path = await storeWithOneSignal()
      const before = digest(path)
      const storage = on(path, true)
      await storage.open()
      expect(await storage.stats()).toMatchObject({ pending: 1, machines: 1 })
      await storage.close()
      expect(digest(path)).toBe(before)
      expect(readdirSync(join(path, '..'))).toEqual(['store.db'])
    })

    test('refuses what writes, and says why', async () => {
      const storage = on(await storeWithOneSignal(), true)
      await storage.open()
      await expect(storage.enqueue([{ machineId: 'm', uuid: 'v', payload: '{}' }])).rejects.toMatchObject({
        code: 'storage_read_only',
        retryable: false,
        message: expect.stringContaining('was opened with readOnly: enqueue writes, and was not done'),
      })
      expect(await storage.stats()).toMatchObject({ pending: 1 })
      await storage.close()
    })

    test('shows what another connection writes meanwhile', async () => {
      const path = await storeWithOneSignal()
      const [writer, reader] = [on(path, false), on(path, true)]
      await Promise.all([writer.open(), reader.open()])
      await writer.enqueue([{ machineId: 'm', uuid: 'v', payload: '{}' }])
      expect(await reader.stats()).toMatchObject({ pending: 2 })
      await Promise.all([writer.close(), reader.close()])
    })

    test('of an older schema keeps it, and says what to do', async () => {
      const path = storeOfTheFirstVersion()
      const before = digest(path)
      await expect(on(path, true).open()).rejects.toMatchObject({
        code: 'storage_schema_missing',
        message: expect.stringMatching(
          /schema version 1 of 2, and readOnly leaves it so: open it once without readOnly/,
        ),
      })
      expect(digest(path)).toBe(before)
      const writer = on(path, false)
      await writer.open()
      await writer.close()
      const reader = on(path, true)
      await reader.open()
      await reader.close()
    })

    test('that is not there is not made', async () => {
      const path = join(temporaryFolder(), 'store.db')
      await expect(on(path, true).open()).rejects.toMatchObject({
        code: 'storage_unavailable',
        message: expect.stringContaining('there is no store, and with readOnly none is made'),
      })
      expect(existsSync(path)).toBe(false)
    })
  })
})
