import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
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
      for (const file of files) {
        const code = readFileSync(file, 'utf8')
        // What only passes on has nothing to show.
        if (!/\bfunction\b|=>|\bclass\b/.test(code)) continue
        const map = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[]; sourcesContent: string[] }
        expect(map.sources.length, name).toBeGreaterThan(0)
        if (!OF_OTHERS.has(basename(file))) expect(map.sourcesContent.length, name).toBe(map.sources.length)
      }
    }
  })

  test('names the modules of Node.js with their prefix, as other runtimes demand it', () => {
    const bare = new RegExp(`\\b(?:from|import\\(|import)\\s*["'](?:${builtinModules.join('|')})["']`, 'g')
    const found = packages.flatMap(({ name, files }) =>
      files.flatMap((file) => (readFileSync(file, 'utf8').match(bare) ?? []).map((what) => `${name}: ${what}`)),
    )
    const prefixed = packages
      .flatMap(({ files }) => files)
      .filter((file) => /from ["']node:/.test(readFileSync(file, 'utf8')))
    expect(prefixed.length).toBeGreaterThan(0)
    expect(found).toEqual([])
  })

  test('does nothing when it is loaded, so that a bundle holds only what it uses: `sideEffects: false`', async () => {
    const entries = Object.values(entriesOfPackages())
    const kept = await Promise.all(entries.map(async (entry) => [entry, await keptOf(entry)] as const))
    expect(entries.length).toBeGreaterThan(10)
    expect(kept.filter(([, code]) => code !== '')).toEqual([])
  })

  test('asks the zod that @cscapi/signals brings for nothing that it lacks', async () => {
    const zod: object = await import(pathToFileURL(join(project.modules, '@cscapi/signals/dist/zod.js')).href)
    const missing = packages.flatMap(({ name, files }) =>
      files.flatMap((file) => {
        const code = readFileSync(file, 'utf8')
        const aliases = [...code.matchAll(/import \* as (\w+) from ["']@cscapi\/signals\/zod["']/g)].map(
          ([, alias]) => alias,
        )
        const used = aliases.flatMap((alias) =>
          [...code.matchAll(new RegExp(`\\b${alias}\\.(\\w+)`, 'g'))].map(([, key]) => key),
        )
        return used.filter((key) => !Object.hasOwn(zod, String(key))).map((key) => `${name}: z.${key}`)
      }),
    )
    expect(Object.keys(zod).length).toBeGreaterThan(10)
    expect(missing).toEqual([])
  })
})

/** What each package exports, by its name: the file below `node_modules`. */
function entriesOfPackages(): Record<string, string> {
  const scope = join(project.modules, '@cscapi')
  return Object.fromEntries(
    readdirSync(scope).flatMap((folder) => {
      const manifest = JSON.parse(readFileSync(join(scope, folder, 'package.json'), 'utf8')) as {
        exports: Record<string, string | { default: string }>
      }
      return Object.entries(manifest.exports).flatMap(([subpath, target]) =>
        typeof target === 'string' ? [] : [[join(folder, subpath), join(scope, folder, target.default)]],
      )
    }),
  )
}

/**
 * What a bundler keeps of a file whose names nobody uses, when it has to find out by itself. What
 * lies in other files it may leave out as a whole.
 */
async function keptOf(file: string): Promise<string> {
  const options: BuildOptions = { bundle: true, format: 'esm', write: false, logLevel: 'error' }
  const { outputFiles = [] } = await build({
    ...options,
    stdin: { contents: `import ${JSON.stringify(file)}`, resolveDir: project.folder },
    plugins: [
      {
        name: 'this-file-alone',
        setup({ onResolve }) {
          onResolve({ filter: /.*/ }, ({ path }) =>
            path === file ? { path, sideEffects: true } : { path, external: true, sideEffects: false },
          )
        },
      },
    ],
  })
  const code = outputFiles.map(({ text }) => text).join('')
  return code
    .replace(/^\s*import [^;]*;$/gm, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .trim()
    .slice(0, 300)
}

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
