import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { findNodeHeaders } from './node-headers.mjs'
import { cacheFolder, root } from './paths.mjs'

/**
 * better-sqlite3 is a C++ addon. pnpm is told not to build it (`allowBuilds`): its attempt fails,
 * at length, wherever neither a prebuilt binary nor Node's headers can be downloaded. Here both
 * ways are tried, quietly, and explained.
 * @param {(line: string) => void} say
 */
export function provideSqlite(say) {
  if (loads()) return
  const folder = addonFolder()
  say('Fetching better-sqlite3 for this Node…')
  const fetched = downloadPrebuilt(folder)
  if (loads()) return

  say('No prebuilt better-sqlite3 to be had: compiling it (about a minute, once)…')
  const compiled = compile(folder)
  if (loads()) return

  const log = join(cacheFolder, 'better-sqlite3.log')
  mkdirSync(cacheFolder, { recursive: true })
  writeFileSync(log, `${fetched}\n${compiled}`)
  say(
    `better-sqlite3 could not be compiled (${relative(root, log)} says why), and its tests are skipped: install ${toolchain()} and run the command again.`,
  )
}

const consumer = join(root, 'packages', 'storage-sqlite')

/**
 * In a process of its own: an addon that was loaded once cannot be replaced, and a broken one may
 * end the process.
 */
function loads() {
  const script = "new (require('better-sqlite3'))(':memory:').close()"
  return spawnSync(process.execPath, ['-e', script], { cwd: consumer, stdio: 'ignore' }).status === 0
}

function addonFolder() {
  try {
    return dirname(createRequire(join(consumer, 'package.json')).resolve('better-sqlite3/package.json'))
  } catch {
    throw new Error('better-sqlite3 is not installed: run `npx -y pnpm@12 install` first.')
  }
}

function downloadPrebuilt(folder) {
  const tool = createRequire(join(folder, 'package.json')).resolve('prebuild-install/bin.js')
  return output(spawnSync(process.execPath, [tool], { cwd: folder, encoding: 'utf8' }))
}

function compile(folder) {
  const headers = findNodeHeaders()
  const env = headers === undefined ? process.env : { ...process.env, npm_config_nodedir: headers }
  // pnpm and npm both put their node-gyp on the PATH of the scripts they run.
  const run = spawnSync('node-gyp rebuild --release', {
    cwd: folder,
    env,
    encoding: 'utf8',
    shell: true,
    maxBuffer: 256 * 2 ** 20,
  })
  return output(run)
}

function output(run) {
  return `${run.error ?? ''}${run.stdout}${run.stderr}`
}

function toolchain() {
  if (process.platform === 'darwin') return "Apple's compiler (`xcode-select --install`)"
  if (process.platform === 'win32') return 'Visual Studio Build Tools and Python 3'
  return 'python3, make and g++ (Debian and Ubuntu: `sudo apt-get install -y python3 make g++`)'
}
