import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { chooseDriver } from '@cscapi/storage-sqlite/drivers'
import { expect, onTestFinished, test } from 'vitest'
import { arrange, MACHINE_ID, oneSignal, SAMPLE, type World } from './world.js'

const LOOKING = [
  ['status', 'waiting       3'],
  ['signals ls', 'crowdsecurity/ssh-bf'],
  ['machines ls', MACHINE_ID],
  [`machines show ${MACHINE_ID}`, MACHINE_ID],
] as const

const BLOCKED = { decisions: [{ value: '198.51.100.1', duration: '4h', scenario: 'crowdsecurity/ssh-bf' }] }

/** What asks the blocklist, and what would leave: with a window of repeats the store is asked, too. */
const ASKING = [
  ['decisions check 203.0.113.8', 'not blocked'],
  ['decisions stats', 'crowdsecurity/ssh-bf'],
  ['decisions export --format nginx-deny', 'deny 198.51.100.1;'],
  ['add --dry-run --ip 203.0.113.50 --scenario crowdsecurity/ssh-bf', '"203.0.113.50"'],
  ['preview', '"scenario"'],
  ['bouncers ls', 'edge'],
  ['agents ls', 'sensor'],
] as const

/** Rights mean nothing to root: what it may not write, nobody else can test. */
const ANOTHER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** A store with a machine and three signals that wait, in a folder that others may look into. */
async function arrangeStore(): Promise<World> {
  const world = await arrange(BLOCKED)
  // What has a state of its own in the store, beside the environment: both are read only, too.
  writeFileSync(world.path('cscapi.config.yaml'), 'dedup: { by: [source, scenario], window: 1h }\n')
  world.env.CSCAPI_ENCRYPTION_KEY = 'a passphrase that seals the store'
  await world.ok(oneSignal('203.0.113.99'))
  await world.ok(['send'])
  await world.ok(['decisions', 'pull'])
  await world.ok(['bouncers', 'add', 'edge'])
  await world.ok(['agents', 'add', 'sensor'])
  await world.ok(['add', '--format', 'cowrie', SAMPLE])
  chmodSync(world.folder, 0o755)
  chmodSync(world.path('store.db'), 0o444)
  return world
}

/** In a folder that can be written by nobody, in which even a file of SQLite's own would be seen. */
function seal(world: World): void {
  chmodSync(world.folder, 0o555)
  onTestFinished(() => chmodSync(world.folder, 0o755))
}

test.each([...LOOKING, ...ASKING])(
  '%s shows a file that its user may only read, and leaves the folder as it is',
  async (command, text) => {
    const world = await arrangeStore()
    seal(world)
    const before = readdirSync(world.folder)
    expect(await world.ok(command.split(' '), ANOTHER)).toContain(text)
    expect(readdirSync(world.folder)).toEqual(before)
  },
)

test('decisions and add --dry-run write nothing to a store that they may write, to the byte', async () => {
  const world = await arrangeStore()
  chmodSync(world.path('store.db'), 0o644)
  const before = readFileSync(world.path('store.db'))
  for (const [command] of ASKING) await world.ok(command.split(' '))
  expect(readFileSync(world.path('store.db')).equals(before)).toBe(true)
})

test('add --dry-run tells of a repeat from a file that its user may only read: exit 3', async () => {
  const world = await arrangeStore()
  seal(world)
  const { code, stdout, stderr } = await world.run([...oneSignal('203.0.113.99'), '--dry-run'], ANOTHER)
  expect({ code, stdout, stderr }).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringMatching(/would be left out: .* within 3600000 ms/),
  })
})

test('add --dry-run makes no store where there is none', async () => {
  const world = await arrange()
  writeFileSync(world.path('cscapi.config.yaml'), 'dedup: { by: [source], window: 1h }\n')
  expect(await world.ok([...oneSignal(), '--dry-run'])).toContain('203.0.113.7')
  expect(readdirSync(world.folder)).toEqual(['cscapi.config.yaml'])
})

test('decisions check tells of a damaged blocklist in a file that may only be read, and blames nothing else', async () => {
  const world = await arrangeStore()
  const file = world.path('store.db')
  chmodSync(file, 0o644)
  const connection = (await chooseDriver(file)).open(file)
  connection.exec("UPDATE state SET value = x'00' WHERE key LIKE '%snapshot:%'; PRAGMA wal_checkpoint(TRUNCATE)")
  connection.close()
  seal(world)
  expect(await world.run(['decisions', 'check', '198.51.100.1'], ANOTHER)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/snapshot of the decisions cannot be read.*\[snapshot_corrupt\]/),
  })
})

test('status shows what another process has just written to a file that its user may only read', async () => {
  const world = await arrangeStore()
  chmodSync(world.path('store.db'), 0o644)
  const storage = new SqliteStorage({ path: world.path('store.db') })
  await storage.open()
  onTestFinished(() => storage.close())
  await storage.enqueue([{ machineId: MACHINE_ID, uuid: 'u', payload: '{}' }])
  seal(world)
  expect(await world.ok(['status'], ANOTHER)).toContain('waiting       4')
})

test('status --watch goes on showing such a file as it changes', async () => {
  const world = await arrangeStore()
  chmodSync(world.path('store.db'), 0o644)
  const run = world.start(['status', '--watch', '--every', '50ms', '--json'], ANOTHER)
  await run.says('"pending":3')
  await world.ok(oneSignal('203.0.113.60'))
  await run.says('"pending":4')
  run.child.kill('SIGINT')
  expect((await run.ended).code).toBe(0)
})

test('adding to a file that may only be read is refused with what to do: exit 1', async () => {
  const world = await arrangeStore()
  seal(world)
  const { code, stderr } = await world.run(oneSignal(), ANOTHER)
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(
      /may not write the file or its folder; give it the permission .*\[storage_unavailable\]|may not write/,
    ),
  })
})

test.each([
  ['status', 1],
  ['signals ls', 1],
  ['machines ls', 1],
  ['doctor', 3],
])('%s leaves a store of an older schema as it is, and says what to do: exit %i', async (command, exit) => {
  const world = await arrange()
  await world.ok(oneSignal())
  const file = world.path('store.db')
  const connection = (await chooseDriver(file)).open(file)
  connection.exec('DELETE FROM cscapi_migrations WHERE version = 2; PRAGMA wal_checkpoint(TRUNCATE)')
  connection.close()
  const before = readFileSync(file)
  const { code, stdout, stderr } = await world.run(command.split(' '))
  expect(code).toBe(exit)
  expect(stdout + stderr).toMatch(/schema version 1 of 2, and readOnly leaves it so: open it once without readOnly/)
  expect(readFileSync(file).equals(before)).toBe(true)
})
