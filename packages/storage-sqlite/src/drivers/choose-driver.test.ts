import { expect, test } from 'vitest'
import { chooseDriver } from './choose-driver.js'
import type { Driver, DriverName } from './driver.js'

const named = (name: DriverName): Driver => ({
  name,
  open: () => expect.fail('nothing is opened'),
  codeOf: () => undefined,
})
const notInstalled = (name: string) =>
  Object.assign(new Error(`Cannot find package '${name}' imported from /app/index.js`), {
    code: 'ERR_MODULE_NOT_FOUND',
  })
const withoutNative = new Error('Could not locate the bindings file. Tried:\n → /app/build/better_sqlite3.node')

/** Loaders of which only the named ones succeed. */
function loadersOf(...loadable: DriverName[]) {
  const load = (name: DriverName, failure: Error) => () => {
    if (loadable.includes(name)) return named(name)
    throw failure
  }
  return {
    'node:sqlite': load('node:sqlite', new Error('there is none in this Node (20.19.0)')),
    'better-sqlite3': load('better-sqlite3', withoutNative),
    '@photostructure/sqlite': load('@photostructure/sqlite', notInstalled('@photostructure/sqlite')),
  }
}
const all = ['node:sqlite', 'better-sqlite3', '@photostructure/sqlite'] as const

test.each([
  ['26.1.0', [...all], 'node:sqlite'],
  ['24.0.0', [...all], 'node:sqlite'],
  ['24.0.0', ['better-sqlite3'], 'better-sqlite3'],
  ['22.13.0', [...all], 'better-sqlite3'],
  ['22.13.0', ['node:sqlite', '@photostructure/sqlite'], '@photostructure/sqlite'],
  ['22.13.0', ['node:sqlite'], 'node:sqlite'],
  ['20.19.0', ['@photostructure/sqlite'], '@photostructure/sqlite'],
] as const)('on Node %s with %j, the driver is %s', async (node, loadable, chosen) => {
  const driver = await chooseDriver('store.db', undefined, { node, loaders: loadersOf(...loadable) })
  expect(driver.name).toBe(chosen)
})

test.each(all)('%s is taken where it is asked for, whatever else there is', async (name) => {
  for (const node of ['20.19.0', '26.1.0'])
    expect((await chooseDriver('store.db', name, { node, loaders: loadersOf(...all) })).name).toBe(name)
})

test('where there is none, the error says what to install, and of each driver what is wrong with it', async () => {
  await expect(
    chooseDriver('/srv/store.db', undefined, { node: '20.19.0', loaders: loadersOf() }),
  ).rejects.toMatchObject({
    code: 'storage_unavailable',
    retryable: false,
    operation: 'open',
    message: expect.stringContaining(
      [
        'open failed on /srv/store.db: no SQLite driver can be loaded;',
        'run `npm install @photostructure/sqlite@2` (brings its binaries) or `npm install better-sqlite3` (may need a compiler),',
        'or use Node 24 or newer, which has one built in',
        '(better-sqlite3: installed without its native part for this Node; allow its build script (`pnpm approve-builds`) or reinstall it;',
        '@photostructure/sqlite: not installed; node:sqlite: there is none in this Node (20.19.0))',
      ].join(' '),
    ),
  })
})

test.each([
  ['better-sqlite3', /its driver better-sqlite3 cannot be loaded; run `npm install better-sqlite3`/],
  ['@photostructure/sqlite', /run `npm install @photostructure\/sqlite@2` \(@photostructure\/sqlite: not installed\)/],
  ['node:sqlite', /use Node 24 or newer, or leave the option `driver` away/],
] as const)('an unloadable %s that was asked for is not replaced by another', async (name, words) => {
  const others = all.filter((other) => other !== name)
  await expect(
    chooseDriver('store.db', name, { node: '20.19.0', loaders: loadersOf(...others) }),
  ).rejects.toMatchObject({ code: 'storage_unavailable', message: expect.stringMatching(words) })
})
