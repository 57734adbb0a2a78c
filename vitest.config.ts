import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { sources, workspaceFolders } from './scripts/sources/exports.mjs'

/** What takes long, or needs a build: `vitest run --mode long` runs these and nothing else. */
const LONG = '**/*.long.test.{ts,mjs}'
const NEVER = [...configDefaults.exclude, '**/dist/**', '**/generated/**']

export default defineConfig(({ mode }) => {
  const files =
    mode === 'long'
      ? { include: [LONG], exclude: NEVER }
      : { include: ['**/*.test.{ts,mjs}'], exclude: [...NEVER, LONG] }
  const projects = [...workspaceFolders, 'scripts'].map((folder) => ({
    extends: true as const,
    root: `./${folder}`,
    test: { name: nameOf(folder), ...files, env: { CSCAPI_TEST_LONG: mode === 'long' ? '1' : '0' } },
  }))
  return {
    // Packages import each other's sources: nothing is built for the tests that are not long.
    resolve: { alias: [...sources].map(([name, path]) => ({ find: new RegExp(`^${name}$`), replacement: path })) },
    test: {
      projects,
      passWithNoTests: false,
      env: { NO_COLOR: '1' },
      // Many tests wait for a server or a process of their own: one worker a core would leave the
      // cores idle.
      maxWorkers: Math.max(4, availableParallelism() - 1),
      // These end a test that hangs and judge nothing: no test fails because a machine is slow or
      // busy.
      testTimeout: 900_000,
      hookTimeout: 900_000,
      expect: { poll: { timeout: 120_000 } },
    },
  }
})

/** A project has the name of its package. */
function nameOf(folder: string): string {
  const manifest = `${folder}/package.json`
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).name : folder
}
