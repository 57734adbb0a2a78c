import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator } from '@cscapi/emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EmptyProject, SQLITE_DRIVER } from './packed/empty-project.js'
import { packWithDependencies } from './packed/pack.js'
import { importedModule, requiringScript, tracedModule, tsconfig, typescript } from './packed/programs.js'
import { type PackageManifest, workspacePackages } from './workspace.js'

const MEBIBYTE = 2 ** 20
const project = new EmptyProject()
const emulator = createEmulator({ strict: true })
let baseUrl: string
let stop: () => Promise<void>

beforeAll(async () => {
  const tarballs = mkdtempSync(join(tmpdir(), 'cscapi-tarballs-'))
  try {
    project.install([...packWithDependencies(['@cscapi/client', '@cscapi/storage-sqlite'], tarballs), SQLITE_DRIVER])
  } finally {
    rmSync(tarballs, { recursive: true, force: true })
  }
  const { url, close } = await emulator.listen()
  baseUrl = url
  stop = close
})

afterAll(async () => {
  await stop?.()
  project.remove()
})

/**
 * Runs a program of the project on a database of its own; the emulator must have got its signal.
 */
async function expectOneSignalSent(file: string): Promise<void> {
  emulator.reset()
  const database = join(project.folder, `${file.replace(/\W/g, '-')}.db`)
  const printed = await project.node(file, { BASE_URL: baseUrl, DATABASE: database })
  expect(printed).toEqual({ added: 1, before: 1, sent: 1, after: 0, leaked: [] })
  expect(emulator.signals.uuids()).toHaveLength(1)
  expect(readFileSync(database).subarray(0, 15).toString()).toBe('SQLite format 3')
}

describe('client and storage-sqlite, packed and installed into an empty project', () => {
  test('bring neither Prisma nor the drivers of other storages', () => {
    const folders = project
      .installedFiles()
      .filter((path) => /(^|node_modules\/)(@prisma|prisma|pg|ioredis)$/.test(path))
    expect(folders).toEqual([])
  })

  test('take at most 12 MB in 15 packages, the driver of SQLite aside', () => {
    const drivers = new Set(['better-sqlite3', '@photostructure/sqlite'])
    const packages = [...project.closure(['@cscapi/client', '@cscapi/storage-sqlite'], drivers)]
    const bytes = project.footprint((path) => packages.some((name) => path.startsWith(`${name}/`)))
    expect(packages).toContain('@cscapi/core')
    expect(packages.length).toBeLessThanOrEqual(15)
    expect(bytes).toBeGreaterThan(MEBIBYTE)
    expect(bytes).toBeLessThanOrEqual(12_000_000)
  })

  test('work from an ES module', async () => {
    project.write('sensor.mjs', importedModule)
    await expectOneSignalSent('sensor.mjs')
  })

  test('work by require()', async () => {
    project.write('sensor.cjs', requiringScript)
    await expectOneSignalSent('sensor.cjs')
  })

  test('name what to install where openTelemetry is asked for and @opentelemetry/api is not there', async () => {
    project.write('traced.mjs', tracedModule)
    const database = join(project.folder, 'traced.db')
    expect(await project.node('traced.mjs', { BASE_URL: baseUrl, DATABASE: database })).toEqual({
      code: 'package_missing',
      message: expect.stringContaining('npm install @opentelemetry/api'),
    })
  })

  test.each(['nodenext', 'bundler'] as const)(
    'compile in strict TypeScript under %s, declarations included, and run',
    async (module) => {
      project.addNodeTypes()
      project.write(`sensor-${module}.ts`, typescript)
      project.write(`tsconfig.${module}.json`, tsconfig(module, `sensor-${module}.ts`))
      await project.tsc(`tsconfig.${module}.json`)
      await expectOneSignalSent(join('out', `sensor-${module}.js`))
    },
    120_000,
  )

  test('leave signals without a Node import, so that it runs in a browser', () => {
    const code = project
      .installedFiles()
      .filter((path) => /^@cscapi\/signals\/dist\/.*\.js$/.test(path))
      .map((path) => readFileSync(join(project.modules, path), 'utf8'))
      .join('\n')
    expect(code).toContain('export')
    expect(code).not.toMatch(/["']node:|\brequire\(/)
  })

  test('carry a licence, a README and no workspace range', () => {
    for (const name of ['client', 'core', 'decisions', 'signals', 'storage', 'storage-sqlite']) {
      const files = project.installedFiles().filter((path) => path.startsWith(`@cscapi/${name}/`))
      expect(files).toContain(`@cscapi/${name}/LICENSE`)
      expect(files).toContain(`@cscapi/${name}/README.md`)
      expect(readFileSync(join(project.modules, '@cscapi', name, 'package.json'), 'utf8')).not.toContain('workspace:')
    }
  })
})

describe('a published package', () => {
  const published = workspacePackages().filter(({ manifest }) => manifest.private !== true)
  /** It has no types that another one could import; loads.test.ts holds what its commands load. */
  const isProgram = ({ exports = {} }: PackageManifest) => Object.keys(exports).join() === './package.json'

  test.each(published.filter(({ manifest }) => !isProgram(manifest)))(
    '$manifest.name is checked by publint and attw, and held to a size',
    ({ manifest }) => {
      expect(manifest.scripts?.['lint:package']).toBe(
        'publint --strict && attw --pack --profile esm-only && size-limit',
      )
      expect(manifest['size-limit']?.length).toBeGreaterThan(0)
    },
  )

  test.each(published.filter(({ manifest }) => isProgram(manifest)))(
    '$manifest.name, a program, is checked by publint',
    ({ manifest }) => {
      expect(manifest.scripts?.['lint:package']).toBe('publint --strict')
    },
  )
})
