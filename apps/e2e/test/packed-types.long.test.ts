import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EmptyProject } from './packed/empty-project.js'
import { packWithDependencies } from './packed/pack.js'
import { workspacePackages } from './workspace.js'

const published = workspacePackages().flatMap(({ manifest }) => (manifest.private === true ? [] : [manifest.name]))
/** The command line is a program, which nobody imports. */
const importable = published.filter((name) => name !== '@cscapi/cli')
const project = new EmptyProject()

beforeAll(() => {
  const tarballs = mkdtempSync(join(tmpdir(), 'cscapi-tarballs-'))
  try {
    project.install(packWithDependencies(published, tarballs))
  } finally {
    rmSync(tarballs, { recursive: true, force: true })
  }
  project.addNodeTypes()
  const names = [...importable, '@cscapi/decisions/export', '@cscapi/decisions/http']
  const imports = names.map((name, index) => `import * as p${index} from '${name}'`).join('\n')
  const used = `export const all = [${names.map((_, index) => `p${index}`).join()}]`
  const handedIn = `import { Redis } from 'ioredis'
import { RedisStorage } from '@cscapi/storage-redis'
export const storage = new RedisStorage({ client: new Redis({ lazyConnect: true }) })`
  for (const file of ['all.ts', 'all.mts', 'all.cts']) project.write(file, [imports, used, handedIn].join('\n'))
})
afterAll(() => project.remove())

/** Without `skipLibCheck`, so every declaration that comes with a package is checked too. */
const compile = (file: string, options: Record<string, unknown>) => {
  const config = `tsconfig.${file}.${String(options.module)}.json`
  const common = { target: 'es2022', lib: ['es2023', 'esnext.disposable'], types: ['node'], strict: true, noEmit: true }
  project.write(
    config,
    JSON.stringify({ compilerOptions: { ...common, skipLibCheck: false, ...options }, files: [file] }),
  )
  return project.tsc(config)
}

describe('the declarations of all published packages, without the types of a driver that they do not bring', () => {
  test('are checked where @types/pg is not installed', () => {
    expect(project.installedFiles()).not.toContain('@types/pg')
    expect(project.installedFiles()).toContain('pg')
  })

  test.each([
    ['all.ts', { module: 'nodenext' }],
    ['all.cts', { module: 'nodenext' }],
    ['all.mts', { module: 'node16' }],
    ['all.ts', { module: 'esnext', moduleResolution: 'bundler' }],
    ['all.ts', { module: 'commonjs', moduleResolution: 'node10', esModuleInterop: true }],
  ])(
    'compile %s with %j',
    async (file, options) => {
      await expect(compile(file, options)).resolves.toBeUndefined()
    },
    240_000,
  )

  test('tell a CommonJS file of "module": "node16" that it cannot import them', async () => {
    await expect(compile('all.cts', { module: 'node16' })).rejects.toThrow('TS1479')
  })
})
