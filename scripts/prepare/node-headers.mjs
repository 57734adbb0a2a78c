import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheFolder } from './paths.mjs'

/**
 * A folder with the C++ headers of the running Node, for `npm_config_nodedir`: those it was
 * installed with, else those of the npm package that carries the same build. Left to itself
 * node-gyp would fetch them from nodejs.org, which a machine that reaches only a package registry
 * cannot.
 * @returns {string | undefined} undefined when there are none; node-gyp then tries its own way
 */
export function findNodeHeaders() {
  const prefix = dirname(dirname(realpathSync(process.execPath)))
  if (hasHeaders(prefix)) return prefix

  const name = `node-${process.platform}-${process.arch}`
  const folder = join(cacheFolder, 'node-headers', process.version)
  const installed = join(folder, 'node_modules', name)
  if (hasHeaders(installed)) return installed
  mkdirSync(folder, { recursive: true })
  spawnSync(
    'npm',
    [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `${name}@${process.version}`,
    ],
    { stdio: 'ignore', shell: process.platform === 'win32' },
  )
  return hasHeaders(installed) ? installed : undefined
}

/**
 * Headers of another Node (a distribution's, beside a hand-installed one) would build a module that
 * does not load.
 */
function hasHeaders(folder) {
  try {
    const header = readFileSync(join(folder, 'include', 'node', 'node_version.h'), 'utf8')
    return header.match(/#define NODE_MODULE_VERSION (\d+)/)?.[1] === process.versions.modules
  } catch {
    return false
  }
}
