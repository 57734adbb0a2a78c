import { describe } from 'vitest'
import { loadBetterSqlite3 } from '../src/drivers/better-sqlite3.js'
import type { Driver } from '../src/drivers/driver.js'
import { loadNodeSqlite, loadPhotostructureSqlite } from '../src/drivers/node-sqlite.js'

const outcomes = await Promise.allSettled([
  loadBetterSqlite3(),
  loadPhotostructureSqlite(),
  (async () => loadNodeSqlite())(),
])
export const drivers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))

/** Runs a suite on each driver that this Node can load. */
export function onEachDriver(suite: (driver: Driver) => void): void {
  describe.each(drivers)('on $name', suite)
}
