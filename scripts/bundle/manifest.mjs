import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { moduleOf } from '../sources/exports.mjs'

/** The package.json of the folder that is built. */
export const manifest = JSON.parse(readFileSync('package.json', 'utf8'))

/**
 * What other packages import, and what is run, as bundlers take it: `{ index: 'src/index.ts' }`.
 */
export const exported = entries(Object.values(manifest.exports ?? {}).map((entry) => entry.default))
export const programs = entries(Object.values(manifest.bin ?? {}))

function entries(built) {
  const modules = built.flatMap((file) => moduleOf(file) ?? [])
  return Object.fromEntries(modules.map((module) => [module, `src/${module}.ts`]))
}

/**
 * What is installed beside the package, so that it is imported. All else that its sources use
 * stands in `devDependencies` and is bundled, declarations too.
 */
export const installed = [
  /^node:/,
  ...builtinModules,
  ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).map((name) => new RegExp(`^${name}($|/)`)),
]
