import { describe } from 'vitest'
import { loadBetterSqlite3 } from '../src/drivers/better-sqlite3.js'
import { chooseDriver } from '../src/drivers/choose-driver.js'
import type { Driver, DriverName } from '../src/drivers/driver.js'
import { loadNodeSqlite, loadPhotostructureSqlite } from '../src/drivers/node-sqlite.js'

/** What a store takes here by itself: the driver of the tests. */
const chosen = await chooseDriver(':memory:')

const hasNodeSqlite = process.getBuiltinModule('node:sqlite') !== undefined
const others = new Map<DriverName, () => Promise<Driver>>([
  ['better-sqlite3', loadBetterSqlite3],
  ['@photostructure/sqlite', loadPhotostructureSqlite],
  ...(hasNodeSqlite ? [['node:sqlite', async () => loadNodeSqlite()] as const] : []),
])
others.delete(chosen.name)

const loaded: Driver[] = []
/** Which drivers this Node could have and has not, with the reason. */
export const missing: { readonly name: DriverName; readonly reason: string }[] = []
for (const [name, load] of others) {
  await load().then(
    (driver) => loaded.push(driver),
    (error: Error) => missing.push({ name, reason: error.message.split('\n', 1)[0] ?? '' }),
  )
}

/** Every driver that this Node can load. */
export const drivers = [chosen, ...loaded]

const { CSCAPI_TEST_LONG: long, CSCAPI_TEST_SQLITE_DRIVER: wanted } = process.env

/**
 * Runs a suite on the driver that a store takes here by itself; `test:long` does on the others, and
 * on the one inside other versions of Node, which it asks for by name.
 */
export function onEachDriver(suite: (driver: Driver) => void): void {
  const tested = long === '1' ? loaded : [chosen]
  describe.each(wanted === undefined ? tested : drivers.filter(({ name }) => name === wanted))('on $name', suite)
}
