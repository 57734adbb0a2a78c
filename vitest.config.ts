import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'

/**
 * Each workspace folder is a project with its package's name; one with a vitest.config.ts of its
 * own extends that.
 */
function project(folder: string) {
  const own = `./${folder}/vitest.config.ts`
  const { name }: { name: string } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
  return {
    extends: existsSync(own) ? own : (true as const),
    root: `./${folder}`,
    test: { name, exclude: [...configDefaults.exclude, '**/dist/**', '**/generated/**'] },
  }
}

const folders = ['packages', 'apps']
  .flatMap((parent) => readdirSync(parent).map((name) => `${parent}/${name}`))
  .filter((folder) => existsSync(`${folder}/package.json`))

export default defineConfig({
  test: {
    projects: [...folders.map(project), { extends: true, root: './scripts', test: { name: 'scripts' } }],
    passWithNoTests: false,
    env: { NO_COLOR: '1' },
    // Many tests wait for a server or a process of their own: one worker a core would leave the
    // cores idle.
    maxWorkers: Math.max(4, availableParallelism() - 1),
    // These end a test that hangs and judge nothing: no test fails because a machine is slow or
    // busy.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
  },
})
