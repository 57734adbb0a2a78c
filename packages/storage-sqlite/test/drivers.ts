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

const isLong = process.env.CSCAPI_TEST_LONG === '1'

/** Runs a suite on the driver that a store takes here by itself; `test:long` does on the others. */
export function onEachDriver(suite: (driver: Driver) => void): void {
  describe.each(isLong ? loaded : [chosen])('on $name', suite)
}
