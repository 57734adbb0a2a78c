import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { configDefaults, defineConfig } from 'vitest/config'

/** Each workspace folder is a project with its package's name; one with a vitest.config.ts of its own extends that. */
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
    // Generous, so that a slow or busy machine fails nothing; tests inject their time and do not wait.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
