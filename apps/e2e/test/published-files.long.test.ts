import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EmptyProject } from './packed/empty-project.js'
import { packWithDependencies } from './packed/pack.js'

const STORAGES = ['@cscapi/storage-sqlite', '@cscapi/storage-postgres', '@cscapi/storage-redis']
/** Files of others, which throw no error of ours. */
const OF_OTHERS = new Set(['prisma.js'])
const LONGEST_LINE = 500
const folder = mkdtempSync(join(tmpdir(), 'cscapi-published-'))
const project = new EmptyProject()
let packages: { name: string; files: string[] }[] = []

beforeAll(() => {
  const tarballs = packWithDependencies(
    ['@cscapi/client', '@cscapi/emulator', '@cscapi/open-storage', ...STORAGES],
    folder,
  )
  packages = tarballs.map((tarball) => {
    const target = mkdtempSync(join(folder, 'unpacked-'))
    execFileSync('tar', ['-xzf', tarball, '-C', target])
    const dist = join(target, 'package', 'dist')
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).map((file) => join(dist, file))
    return { name: basename(tarball), files: files.filter((file) => file.endsWith('.js')) }
  })
  project.install(tarballs)
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  project.remove()
})

describe('a published file of ours', () => {
  test('has no line that would fill a screen when an error is printed', () => {
    const long = packages.flatMap(({ name, files }) =>
      files
        .filter((file) => !OF_OTHERS.has(basename(file)))
        .filter((file) =>
          readFileSync(file, 'utf8')
            .split('\n')
            .some((line) => line.length > LONGEST_LINE),
        )
        .map((file) => `${name} ${basename(file)}`),
    )
    expect(packages.length).toBeGreaterThanOrEqual(7)
    expect(long).toEqual([])
  })

  test('comes with a map that names our sources', () => {
    for (const { name, files } of packages) {
      for (const file of files.filter((each) => !OF_OTHERS.has(basename(each)))) {
        const code = readFileSync(file, 'utf8')
        // What only passes on has nothing to show.
        if (!/\bfunction\b|=>|\bclass\b/.test(code)) continue
        const map = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[]; sourcesContent: string[] }
        expect(map.sources.length, name).toBeGreaterThan(0)
        expect(map.sourcesContent.length, name).toBe(map.sources.length)
      }
    }
  })
})

const failures = {
  'an option that is unknown': `import { SqliteStorage } from '@cscapi/storage-sqlite'
new SqliteStorage({ pth: 'a.db' })`,
  'a file that is no database': `import { writeFileSync } from 'node:fs'
import { SqliteStorage } from '@cscapi/storage-sqlite'
writeFileSync('broken.db', 'x'.repeat(5000))
await new SqliteStorage({ path: 'broken.db' }).open()`,
  'a folder that is missing': `import { SqliteStorage } from '@cscapi/storage-sqlite'
await new SqliteStorage({ path: 'missing/a.db' }).open()`,
  'a PostgreSQL server that is not there': `import { PostgresStorage } from '@cscapi/storage-postgres'
await new PostgresStorage({ url: 'postgres://u@127.0.0.1:1/d' }).open()`,
}

test.each(Object.entries(failures))(
  'an error that nobody catches, of %s, is printed in less than 4 KB',
  (name, program) => {
    const file = join(project.folder, `${name.replaceAll(' ', '-')}.mjs`)
    writeFileSync(file, program)
    const { status, stderr } = spawnSync(process.execPath, [file], { cwd: project.folder, encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/InputError|StorageError/)
    expect(stderr.length).toBeLessThan(4_096)
  },
)
