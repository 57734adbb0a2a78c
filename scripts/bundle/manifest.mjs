import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'

/** The package.json of the folder that is built. */
export const manifest = JSON.parse(readFileSync('package.json', 'utf8'))

/**
 * The sources of the files that a package.json names in `exports` and `bin`, by what they become in
 * `dist`: `{ 'export/index': 'src/export/index.ts' }`.
 */
export function publishedSources({ exports = {}, bin = {} }) {
  const files = [...Object.values(exports).map((entry) => entry.default), ...Object.values(bin)]
  const names = files.flatMap((file) => file?.match(/^\.\/dist\/(.+)\.js$/)?.[1] ?? [])
  return Object.fromEntries(names.map((name) => [name, `src/${name}.ts`]))
}

/**
 * What is installed beside the package, so that it is imported. All else that its sources use
 * stands in `devDependencies` and is bundled, declarations too.
 */
export function installed({ dependencies = {}, peerDependencies = {} }) {
  const names = Object.keys({ ...dependencies, ...peerDependencies })
  return [/^node:/, ...builtinModules, ...names.map((name) => new RegExp(`^${name}($|/)`))]
}
