import { sqliteError } from '../errors.js'
import { loadBetterSqlite3 } from './better-sqlite3.js'
import type { Driver, DriverName } from './driver.js'
import { loadNodeSqlite, loadPhotostructureSqlite } from './node-sqlite.js'

type Loaders = Readonly<Record<DriverName, () => Driver | Promise<Driver>>>

const LOADERS: Loaders = {
  'node:sqlite': loadNodeSqlite,
  'better-sqlite3': loadBetterSqlite3,
  '@photostructure/sqlite': loadPhotostructureSqlite,
}

/** From this version on, Node takes its SQLite for finished, and warns nobody who uses it. */
const NODE_WITH_FINISHED_SQLITE = 24

/** Which drivers are tried, the best first. */
function preferred(nodeVersion: string): readonly DriverName[] {
  const installed = ['better-sqlite3', '@photostructure/sqlite'] as const
  const isFinished = Number.parseInt(nodeVersion, 10) >= NODE_WITH_FINISHED_SQLITE
  return isFinished ? ['node:sqlite', ...installed] : [...installed, 'node:sqlite']
}

/**
 * The driver of that name, or else the first that this process can load. What it finds around
 * itself may be given, for tests.
 * @throws StorageError `storage_unavailable`, saying what to install
 */
export async function chooseDriver(
  path: string,
  name?: DriverName,
  { loaders = LOADERS, node = process.versions.node }: { loaders?: Loaders; node?: string } = {},
): Promise<Driver> {
  const reasons: string[] = []
  for (const candidate of name === undefined ? preferred(node) : [name]) {
    try {
      return await loaders[candidate]()
    } catch (error) {
      reasons.push(`${candidate}: ${reasonOf(error, candidate)}`)
    }
  }
  const what = name === undefined ? 'no SQLite driver can be loaded' : `its driver ${name} cannot be loaded`
  const message = `open failed on ${path}: ${what}; ${adviceFor(name)} (${reasons.join('; ')})`
  throw sqliteError('storage_unavailable', 'open', message, undefined, false)
}

function adviceFor(name: DriverName | undefined): string {
  if (name === 'better-sqlite3')
    return 'run `npm install better-sqlite3` and let its build script run (`pnpm approve-builds`)'
  if (name === '@photostructure/sqlite') return 'run `npm install @photostructure/sqlite@2`'
  if (name === 'node:sqlite')
    return 'use Node 24 or newer, or leave the option `driver` away and run `npm install better-sqlite3`'
  return 'run `npm install @photostructure/sqlite@2` (brings its binaries) or `npm install better-sqlite3` (may need a compiler), or use Node 24 or newer, which has one built in'
}

function reasonOf(error: unknown, name: DriverName): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  const text = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
  if (code === 'ERR_MODULE_NOT_FOUND' && text?.includes(`'${name}'`)) return 'not installed'
  if (/bindings file|ERR_DLOPEN_FAILED|NODE_MODULE_VERSION/.test(`${String(code)} ${String(text)}`))
    return 'installed without its native part for this Node; allow its build script (`pnpm approve-builds`) or reinstall it'
  return String(text)
}
