import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { SqliteStorage } from '../src/index.js'
import { onEachDriver } from './drivers.js'

onEachDriver((driver) => {
  const directory = process.cwd()
  afterEach(() => process.chdir(directory))

  /** Opens and closes; everything in the folder must then be private. */
  async function expectPrivate(folder: string, path: string): Promise<void> {
    const storage = new SqliteStorage({ driver: driver.name, path })
    await storage.open()
    await storage.createMachine({ machineId: 'm', password: 'p' })
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600)
    await storage.close()
    expect(readdirSync(folder)).toHaveLength(1)
  }

  describe('the file that is protected is the file that is opened', () => {
    test.each([
      ' store.db',
      'stöße.db',
      'e\u0301.db',
      'a b.db',
      'store.db?mode=memory',
      '%41.db',
      "it's.db",
      '-.db',
      '#.db',
    ])('under the name %j', async (name) => {
      const folder = temporaryFolder()
      process.chdir(folder)
      await expectPrivate(folder, name)
      expect(readdirSync(folder)).toEqual([name])
    })

    test('or nothing is made, whatever the name (300 names)', async () => {
      const piece = fc.constantFrom(
        'a',
        '.db',
        ' ',
        '\n',
        '\u00a0',
        '\ufeff',
        ':memory:',
        'file:',
        '?mode=ro',
        '\0',
        '-wal',
        '#',
        '%20',
        'é',
        '\\',
      )
      await fc.assert(
        fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 4 }), async (pieces) => {
          const folder = temporaryFolder()
          process.chdir(folder)
          try {
            await expectPrivate(folder, pieces.join(''))
          } catch (error) {
            expect(error).toMatchObject({ code: 'invalid_input', issues: [{ path: 'path' }] })
            expect(readdirSync(folder)).toEqual([])
          }
        }),
        { numRuns: 300 },
      )
    })

    test.each([
      [' store.db\n', /must not end in a blank/],
      ['store.db ', /must not end in a blank/],
      ['store.db\u00a0', /must not end in a blank/],
      ['file:store.db', /must be a path and no URL/],
      ['sqlite:store.db', /must be a path and no URL/],
      ['sto\0re.db', /U\+0000/],
      ['store.db-wal', /-wal, -shm or -journal/],
      [' :memory: ', /MemoryStorage/],
    ])('%j is refused with the reason', (path, reason) => {
      expect(() => new SqliteStorage({ driver: driver.name, path })).toThrow(reason)
    })

    test('through a link too', async () => {
      const folder = temporaryFolder()
      const inner = join(folder, 'inner')
      mkdirSync(inner)
      symlinkSync(join(inner, 'real.db'), join(folder, 'link.db'))
      await expectPrivate(inner, join(folder, 'link.db'))
      expect(readdirSync(inner)).toEqual(['real.db'])
    })
  })

  describe('what cannot be opened says what to do, and that trying again alone does not help', () => {
    const opening = (path: string) => new SqliteStorage({ driver: driver.name, path }).open()

    test.each([
      ['a missing folder', (folder: string) => join(folder, 'missing', 'store.db'), /folder does not exist; make it/],
      ['a folder', (folder: string) => folder, /no file; choose another path/],
      ['a device', () => '/dev/null', /no file; choose another path/],
      ['a file for a folder', (folder: string) => join(folder, 'file', 'store.db'), /folder does not exist; make it/],
      ['a name without end', (folder: string) => join(folder, 'x'.repeat(300)), /choose another path/],
    ])('%s', async (_, pathIn, advice) => {
      const folder = temporaryFolder()
      const storage = new SqliteStorage({ driver: driver.name, path: join(folder, 'file') })
      await storage.open()
      await storage.close()
      await expect(opening(pathIn(folder))).rejects.toMatchObject({
        code: 'storage_unavailable',
        retryable: false,
        message: expect.stringMatching(advice),
      })
      expect(existsSync('/dev/null-wal')).toBe(false)
    })

    test('a folder that may not be written', async () => {
      const folder = temporaryFolder()
      chmodSync(folder, 0o555)
      // Root may write everywhere; this id belongs to `nobody` on every Linux.
      const isRoot = process.geteuid?.() === 0
      if (isRoot) process.seteuid?.(65_534)
      try {
        await expect(opening(join(folder, 'store.db'))).rejects.toMatchObject({
          code: 'storage_unavailable',
          retryable: false,
          message: expect.stringContaining('permission'),
        })
      } finally {
        if (isRoot) process.seteuid?.(0)
        chmodSync(folder, 0o755)
      }
    })
  })

  test.each([
    [{ pth: 'a.db' }, /pth: is not known here; did you mean path\?/],
    [{ filename: 'a.db' }, /filename: is not known here; did you mean path\?/],
    [{ path: 'a.db', busyTimeout: 1 }, /busyTimeout: is not known here; did you mean busyTimeoutMs\?/],
    [undefined, /path: must name a file/],
    [null, /must be an object/],
    ['a.db', /must be an object/],
    [7, /must be an object/],
  ])('%j as options is refused in our words', (options, words) => {
    expect(() => new SqliteStorage(options as never)).toThrow(words)
    expect(() => new SqliteStorage(options as never)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
  })
})
