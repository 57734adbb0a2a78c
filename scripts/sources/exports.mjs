import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../prepare/paths.mjs'

/** Every folder of the workspace that holds a package, e.g. `packages/core`, from the root. */
export const workspaceFolders = ['packages', 'apps']
  .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
  .concat('examples')
  .filter((folder) => existsSync(join(root, folder, 'package.json')))

/**
 * What the workspace's packages export, and the source that it is built from: tests and the demo
 * run on the sources, so that nothing has to be built for them.
 * @type {ReadonlyMap<string, string>} from `@cscapi/storage/conformance` to a full path
 */
export const sources = new Map(workspaceFolders.flatMap(sourcesOf))

/**
 * @param {string | undefined} built a file that a manifest names, e.g. `./dist/export/index.js`
 * @returns {string | undefined} the module that it is built from, below src: `export/index`
 */
export function moduleOf(built) {
  return /^\.\/dist\/(.+)\.js$/.exec(built ?? '')?.[1]
}

/** @returns {[name: string, path: string][]} */
function sourcesOf(folder) {
  const { name, exports = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  return Object.entries(exports).flatMap(([subpath, { default: built }]) => {
    const module = moduleOf(built)
    return module === undefined ? [] : [[name + subpath.slice(1), join(root, folder, 'src', `${module}.ts`)]]
  })
}
