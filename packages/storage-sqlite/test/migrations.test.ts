import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { describe, expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { openDatabase } from '../src/connect/connect.js'
import { SqliteStorage } from '../src/index.js'
import { migrations } from '../src/migrations.gen.js'
import { operationsOn } from '../src/operations/index.js'
import { onEachDriver } from './drivers.js'

const PROGRAM = await bundleProgram(new URL('./programs/store.mjs', import.meta.url))

onEachDriver((driver) => {
  async function newStore(): Promise<string> {
    const path = join(temporaryFolder(), 'store.db')
    const storage = new SqliteStorage({ driver: driver.name, path })
    await storage.open()
    await storage.close()
    return path
  }

  const opening = (path: string) => new SqliteStorage({ driver: driver.name, path }).open()

  describe('the schema', () => {
    test('is made once when eight processes open a new file at the same moment, in each of twenty rounds', async () => {
      const children = Array.from({ length: 8 }, () =>
        spawn(process.execPath, [PROGRAM, driver.name, 'openEach'], { stdio: ['pipe', 'pipe', 'inherit'] }),
      )
      const outputs = children.map(({ stdout }) => stdout.setEncoding('utf8'))
      await Promise.all(outputs.map((output) => once(output, 'data')))
      for (let round = 0; round < 20; round += 1) {
        const path = join(temporaryFolder(), 'store.db')
        const answers = outputs.map((output) => once(output, 'data'))
        for (const { stdin } of children) stdin.write(`${path}\n`)
        expect((await Promise.all(answers)).map(([answer]) => String(answer).trim())).toEqual(Array(8).fill('open'))
        const reader = driver.open(path)
        reader.exec('PRAGMA busy_timeout = 60000')
        expect(reader.prepare('SELECT version, name FROM cscapi_migrations').all()).toEqual([
          { version: 1, name: '0001-init' },
          { version: 2, name: '0002-clocks-that-were-wrong' },
        ])
        reader.close()
      }
      for (const { stdin } of children) stdin.end()
      await Promise.all(children.map((child) => once(child, 'exit')))
    })

    test('of a newer version is refused by name, and the file is left byte for byte', async () => {
      const path = await newStore()
      const writer = driver.open(path)
      writer.prepare("INSERT INTO cscapi_migrations VALUES (7, '0007-later', 'x', 'now')").run()
      writer.exec('PRAGMA user_version = 7')
      writer.close()
      const before = readFileSync(path)
      await expect(opening(path)).rejects.toMatchObject({
        code: 'storage_schema_newer',
        message: expect.stringMatching(/version 7.*knows up to 2.*upgrade/),
      })
      expect(readFileSync(path).equals(before)).toBe(true)
      expect(readdirSync(join(path, '..'))).toEqual(['store.db'])
    })

    test('of a newer version is refused too while its header is still in the write-ahead log', async () => {
      const path = await newStore()
      const writer = driver.open(path)
      writer.prepare("INSERT INTO cscapi_migrations VALUES (7, '0007-later', 'x', 'now')").run()
      await expect(opening(path)).rejects.toMatchObject({ code: 'storage_schema_newer' })
      expect(writer.prepare('SELECT count(*) AS count FROM cscapi_migrations').all()).toMatchObject([{ count: 3 }])
      writer.close()
    })

    test('whose migration was changed is refused', async () => {
      const path = await newStore()
      const writer = driver.open(path)
      writer.prepare("UPDATE cscapi_migrations SET checksum = 'other'").run()
      writer.close()
      await expect(opening(path)).rejects.toMatchObject({ code: 'storage_corrupt' })
    })
  })

  describe('a store from before moments were bounded', () => {
    const NOW = 1_800_000_000_000
    const HOUR = 3_600_000
    const AHEAD = NOW + 4 * 365 * 24 * HOUR

    /** As the first version wrote it. */
    async function oldStore(at: number): Promise<SqliteStorage> {
      const path = join(temporaryFolder(), 'store.db')
      const [first] = migrations
      const writer = driver.open(path)
      writer.exec(first?.sql ?? '')
      writer.exec(
        'CREATE TABLE cscapi_migrations (version INTEGER PRIMARY KEY, name TEXT, checksum TEXT, applied_at TEXT)',
      )
      writer
        .prepare('INSERT INTO cscapi_migrations VALUES (1, ?, ?, ?)')
        .run(String(first?.name), String(first?.checksum), 'then')
      writer
        .prepare(
          "INSERT INTO machines (machine_id, due_at, lease_token, lease_until, pending) VALUES ('m', ?, 't', ?, 1)",
        )
        .run(at, at)
      writer.prepare("INSERT INTO signals (machine, uuid, payload, changed_at) VALUES (1, 'u', '{}', ?)").run(NOW)
      writer
        .prepare(
          "INSERT INTO credentials (machine, password, token, token_expires_at, failing_reason, failing_since, failing_retry_at) VALUES (1, 'p', 'jwt', ?, 'unauthorized', ?, ?)",
        )
        .run(at, at, at)
      writer.prepare("INSERT INTO state VALUES ('lock', x'00', 5, ?)").run(at)
      writer.close()
      const storage = new SqliteStorage({ driver: driver.name, path, now: () => NOW })
      await storage.open()
      return storage
    }

    test('waits for nothing that lies years ahead', async () => {
      const storage = await oldStore(AHEAD)
      const machine = await storage.getMachine('m')
      expect(machine?.token?.expiresInMs).toBe(0)
      expect(machine?.failing).toMatchObject({ sinceMs: 0, retryInMs: 0 })
      expect(await storage.getState('lock')).toBeUndefined()
      expect((await storage.lease({ leaseMs: 1_000, maxSignals: 5 }))?.signals).toHaveLength(1)
      await storage.close()
    })

    test('keeps what may well be so', async () => {
      const storage = await oldStore(NOW + HOUR)
      const machine = await storage.getMachine('m')
      expect(machine?.token?.expiresInMs).toBe(HOUR)
      expect(machine?.failing).toMatchObject({ retryInMs: HOUR })
      expect(await storage.getState('lock')).toMatchObject({ version: 5, expiresInMs: HOUR })
      expect(await storage.lease({ leaseMs: 1_000, maxSignals: 5 })).toBeUndefined()
      expect(await storage.stats()).toMatchObject({ leased: 0, pending: 1, sent: 0 })
      await storage.close()
    })
  })

  describe('opening', () => {
    test('makes a file that only its owner can read, and its companions alike', async () => {
      const path = join(temporaryFolder(), 'store.db')
      const storage = new SqliteStorage({ driver: driver.name, path })
      await storage.open()
      await storage.setState('k', new Uint8Array([1]))
      for (const name of readdirSync(join(path, '..')))
        expect(statSync(join(path, '..', name)).mode & 0o777, name).toBe(0o600)
      expect(readdirSync(join(path, '..'))).toContain('store.db-wal')
      await storage.close()
    })

    test('uses write-ahead logging and syncs every commit, also after a lease, which alone is not synced', async () => {
      const database = await openDatabase(driver, await newStore(), 1_000)
      const settings = async () => [
        ...(await database.read('test', (sql) => sql.query('PRAGMA journal_mode'))),
        ...(await database.read('test', (sql) => sql.query('PRAGMA synchronous'))),
      ]
      const full = [{ journal_mode: 'wal' }, { synchronous: 2 }]
      expect(await settings()).toEqual(full)
      const store = operationsOn(database, Date.now)
      await store.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }])
      expect(await store.lease({ leaseMs: 1_000, maxSignals: 1 })).toBeDefined()
      expect(await settings()).toEqual(full)
      await store.close()
    })

    test('a file that is no database is refused and left alone', async () => {
      const path = join(temporaryFolder(), 'notes.txt')
      writeFileSync(path, 'These are notes and no database, and they are rather long. '.repeat(100))
      const before = readFileSync(path)
      await expect(opening(path)).rejects.toMatchObject({ name: 'StorageError', code: 'storage_corrupt' })
      expect(readFileSync(path).equals(before)).toBe(true)
    })

    test('a path that cannot be is named, and opening may be tried again', async () => {
      const folder = temporaryFolder()
      const path = join(folder, 'missing', 'store.db')
      const storage = new SqliteStorage({ driver: driver.name, path })
      await expect(storage.open()).rejects.toMatchObject({
        code: 'storage_unavailable',
        message: expect.stringContaining(path),
        driverCode: 'ENOENT',
      })
      await expect(opening(folder)).rejects.toMatchObject({ code: 'storage_unavailable' })
      mkdirSync(join(folder, 'missing'))
      await expect(storage.open()).resolves.toBeUndefined()
      await storage.close()
    })

    test('a call before open() says so', async () => {
      const storage = new SqliteStorage({ driver: driver.name, path: join(temporaryFolder(), 'store.db') })
      await expect(storage.stats()).rejects.toMatchObject({
        code: 'storage_closed',
        message: expect.stringContaining('open()'),
      })
    })
  })
})
