import { closeSync, openSync, readdirSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SqliteStorage } from '../src/index.js'
import { onEachDriver } from './drivers.js'

onEachDriver((driver) => {
  async function storeOf(signals: number): Promise<string> {
    const path = join(temporaryFolder(), 'store.db')
    const storage = new SqliteStorage({ driver: driver.name, path })
    await storage.open()
    const filler = 'x'.repeat(700)
    await storage.enqueue(
      Array.from({ length: signals }, (_, index) => ({ machineId: 'm', uuid: `u${index}`, payload: filler })),
    )
    await storage.close()
    return path
  }

  function overwrite(path: string, at: number, bytes: Uint8Array): void {
    const file = openSync(path, 'r+')
    writeSync(file, bytes, 0, bytes.length, at)
    closeSync(file)
  }

  /** Another program's file, as it left it. */
  function foreign(path: string, pragmas: readonly string[] = []): void {
    const writer = driver.open(path)
    for (const pragma of pragmas) writer.exec(`PRAGMA ${pragma}`)
    writer.exec('CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url TEXT)')
    writer.prepare('INSERT INTO moz_places (url) VALUES (?)').run('https://example.org/')
    writer.close()
  }

  /** A store beside which the log of another database lies, of one with these pragmas. */
  async function storeWithLogOf(...pragmas: readonly string[]): Promise<string> {
    const path = await storeOf(50)
    const other = join(temporaryFolder(), 'other.db')
    const writer = driver.open(other)
    for (const pragma of pragmas) writer.exec(`PRAGMA ${pragma}`)
    writer.exec('CREATE TABLE other (id INTEGER PRIMARY KEY)')
    // The log goes when its database is closed.
    writeFileSync(`${path}-wal`, readFileSync(`${other}-wal`))
    writer.close()
    return path
  }

  const newFile = async (make: (path: string) => void) => {
    const path = join(temporaryFolder(), 'store.db')
    make(path)
    return path
  }

  const damages: [string, () => Promise<string>, RegExp][] = [
    ['a text', () => newFile((path) => writeFileSync(path, 'notes '.repeat(1_000))), /no SQLite database/],
    ['a short text', () => newFile((path) => writeFileSync(path, 'x')), /no SQLite database/],
    ['a file of zeros', () => newFile((path) => writeFileSync(path, Buffer.alloc(8_192))), /no SQLite database/],
    [
      'a header of zeros',
      async () => {
        const path = await storeOf(50)
        overwrite(path, 0, new Uint8Array(100))
        return path
      },
      /no SQLite database/,
    ],
    [
      'a header that is cut',
      async () => {
        const path = await storeOf(50)
        truncateSync(path, 50)
        return path
      },
      /header is damaged/,
    ],
    [
      'a version that a store never had',
      async () => {
        const path = await storeOf(50)
        overwrite(path, 60, Uint8Array.of(0, 0, 0, 77))
        return path
      },
      /header is damaged/,
    ],
    [
      'random bytes behind the magic ones',
      async () => {
        const path = await storeOf(50)
        overwrite(
          path,
          16,
          Uint8Array.from({ length: 84 }, (_, index) => (index * 151 + 7) % 256),
        )
        return path
      },
      /header is damaged/,
    ],
    ['another program’s database', () => newFile((path) => foreign(path)), /database of another program/],
    [
      'another program’s database of a high version',
      () => newFile((path) => foreign(path, ['user_version = 78', 'journal_mode = WAL'])),
      /database of another program/,
    ],
    [
      'an empty file beside a log',
      async () => {
        const path = await newFile((file) => writeFileSync(file, ''))
        writeFileSync(`${path}-wal`, 'rest of a log')
        return path
      },
      /it is empty, but .*-wal beside it is not/,
    ],
    [
      'a log without its file',
      async () => {
        const path = join(temporaryFolder(), 'store.db')
        writeFileSync(`${path}-wal`, 'rest of a log')
        return path
      },
      /it is not there, but its log is: put the store back/,
    ],
    ['the log of another file', () => storeWithLogOf('journal_mode = WAL'), /-wal belongs to another database/],
    [
      'the log of a file with other pages',
      () => storeWithLogOf('page_size = 8192', 'journal_mode = WAL'),
      /-wal belongs to another database/,
    ],
  ]

  test('a store that lost a table is damaged', async () => {
    const path = await storeOf(1)
    const writer = driver.open(path)
    writer.exec('DROP TABLE signals; DROP TABLE credentials')
    writer.close()
    const storage = new SqliteStorage({ driver: driver.name, path })
    await storage.open()
    const missing = { code: 'storage_corrupt', message: expect.stringContaining('a table or column is missing') }
    await expect(storage.getMachine('m')).rejects.toMatchObject(missing)
    await expect(storage.listSignals()).rejects.toMatchObject(missing)
    await storage.close()
  })

  test.each(damages)('%s is named as what it is, and left as it was', async (_, make, cause) => {
    const path = await make()
    const folder = join(path, '..')
    const before = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const)
    await expect(new SqliteStorage({ driver: driver.name, path }).open()).rejects.toMatchObject({
      code: 'storage_corrupt',
      message: expect.stringMatching(cause),
    })
    expect(readdirSync(folder)).toEqual(before.map(([name]) => name))
    for (const [name, bytes] of before) expect(readFileSync(join(folder, name)).equals(bytes), name).toBe(true)
  })

  test('a store that was cut, or has random bytes anywhere, is corrupt or works, and nothing else (60 damages)', async () => {
    const whole = readFileSync(await storeOf(200))
    const codes = new Set<string>()
    const damage = fc.oneof(
      fc.record({ cutAt: fc.integer({ min: 1, max: whole.length - 1 }) }),
      fc.record({ at: fc.nat(whole.length - 600), bytes: fc.uint8Array({ minLength: 16, maxLength: 600 }) }),
    )
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        const path = join(temporaryFolder(), 'store.db')
        writeFileSync(path, 'cutAt' in how ? whole.subarray(0, how.cutAt) : whole)
        if ('bytes' in how) overwrite(path, how.at, how.bytes)
        const storage = new SqliteStorage({ driver: driver.name, path })
        const calls = [
          () => storage.open(),
          () => storage.stats(),
          () => storage.listSignals({}, { limit: 1_000 }),
          () => storage.getMachine('m'),
          () => storage.lease({ leaseMs: 1_000, maxSignals: 500 }),
        ]
        for (const call of calls) {
          const error = await call().then(
            () => undefined,
            (reason: unknown) => reason,
          )
          if (error === undefined) continue
          const { code } = error as { code: string }
          codes.add(code)
          expect(['storage_corrupt', 'storage_closed']).toContain(code)
          if (code === 'storage_corrupt') break
        }
        await storage.close()
      }),
      { numRuns: 60 },
    )
    expect(codes).toContain('storage_corrupt')
  })
})
