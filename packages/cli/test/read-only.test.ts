import { chmodSync, readdirSync, readFileSync } from 'node:fs'
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

/** Rights mean nothing to root: what it may not write, nobody else can test. */
const ANOTHER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** A store with a machine and three signals that wait, in a folder that others may look into. */
async function arrangeStore(): Promise<World> {
  const world = await arrange()
  await world.ok(oneSignal('203.0.113.99'))
  await world.ok(['send'])
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

test.each(LOOKING)(
  '%s shows a file that its user may only read, and leaves the folder as it is',
  async (command, text) => {
    const world = await arrangeStore()
    seal(world)
    const before = readdirSync(world.folder)
    expect(await world.ok(command.split(' '), ANOTHER)).toContain(text)
    expect(readdirSync(world.folder)).toEqual(before)
  },
)

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
  await world.ok(oneSignal())
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
