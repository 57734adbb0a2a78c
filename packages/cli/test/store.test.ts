import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { arrange, MACHINE_ID, oneSignal, SAMPLE } from './world.js'

test('status says what waits, by the URL of the store alone, and changes nothing in it', async () => {
  const world = await arrange()
  await world.ok(['add', '--format', 'cowrie', SAMPLE])
  const file = world.path('store.db')
  const digest = () => createHash('sha256').update(readFileSync(file)).digest('hex')
  const before = digest()
  const env = { CSCAPI_STORAGE: '', CSCAPI_ENVIRONMENT: '', CSCAPI_MACHINE_ID: '', CSCAPI_SCENARIOS: '' }
  const stdout = await world.ok(['status', '--storage', world.storage], { env })
  expect(digest()).toBe(before)
  expect(stdout.replace(/for \d+s/, 'for 0s')).toBe(
    [
      `environment   ${world.url}`,
      'storage       sqlite',
      'waiting       3',
      'oldest waits  for 0s',
      'sent          0',
      'rejected      0',
      'machines      1',
      'failing       0',
      'paused        no',
      'logins left   20 of 20 in 50 minutes',
      'last pull     never',
      '',
    ].join('\n'),
  )
})

test('status names what fails and what pauses, with when it ends', async () => {
  const world = await arrange()
  await world.ok(oneSignal())
  world.emulator.faults.inject({ route: 'login', kind: 'bad-credentials' })
  expect((await world.run(['send'])).code).toBe(3)
  const failing = await world.ok(['status'])
  expect(failing).toMatch(
    new RegExp(
      `failing +1 \\(cscapi machines revive tries again\\)\n +${MACHINE_ID}: credentials_refused .*, next try in \\d+m`,
    ),
  )
  world.emulator.faults.clear()
  await world.ok(['machines', 'revive'])
  world.emulator.faults.inject({ route: 'signals', kind: 'ban' })
  expect((await world.run(['send'])).code).toBe(4)
  expect(await world.ok(['status'])).toMatch(/paused +forbidden, ends in 1h/)
})

test('status --watch shows it again and again until Ctrl-C, as lines where there is no terminal', async () => {
  const world = await arrange()
  await world.ok(oneSignal())
  const run = world.start(['status', '--watch', '--every', '10ms', '--json'])
  await expect.poll(() => run.output.stdout.split('\n').length).toBeGreaterThan(3)
  run.child.kill('SIGINT')
  const { code, stdout } = await run.ended
  expect(code).toBe(0)
  for (const line of stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toMatchObject({ queue: { pending: 1 } })
})

test('a store that others use is used together with them: nothing is lost, nothing twice', async () => {
  const world = await arrange()
  await world.ok(oneSignal('203.0.113.100'))
  const [watch, status] = [world.start(['run', '--no-pull']), world.start(['status', '--watch', '--every', '10ms'])]
  await Promise.all(Array.from({ length: 6 }, (_, index) => world.ok(oneSignal(`203.0.113.${index + 1}`))))
  await world.ok(['send'])
  expect(world.emulator.signals.size).toBe(7)
  expect(world.emulator.signals.duplicates()).toEqual([])
  for (const { child } of [watch, status]) child.kill('SIGINT')
  expect((await watch.ended).code).toBe(0)
  expect((await status.ended).code).toBe(0)
})

test.each([
  ['status'],
  ['signals ls'],
  ['signals requeue'],
  ['machines ls'],
  ['machines revive'],
  ['decisions stats'],
  ['preview'],
])('%s makes no store where there is none, and says how to make one: exit 1', async (command) => {
  const world = await arrange()
  const { code, stderr } = await world.run(command.split(' '))
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `cscapi: There is no store at ${world.path('store.db')}: name another with --storage, or make it with cscapi init [storage_missing]\n`,
  })
  expect(existsSync(world.path('store.db'))).toBe(false)
})

test.each([
  ['a file that is no store', 'text', 'storage_corrupt', 1],
  ['a folder that does not exist', undefined, 'storage_unavailable', 1],
])('%s is told with what to do', async (_, text, code, exit) => {
  const world = await arrange()
  const file = text === undefined ? world.path('missing/store.db') : world.path('text.db')
  if (text !== undefined) writeFileSync(file, text.repeat(1_000))
  const ended = await world.run(oneSignal(), { env: { CSCAPI_STORAGE: `sqlite:${file}` } })
  expect(ended).toMatchObject({ code: exit, stderr: expect.stringContaining(`[${code}]`) })
  expect(ended.stderr).not.toMatch(/^ +at /m)
})

test.each([['postgres://127.0.0.1:1/db'], ['redis://127.0.0.1:1']])(
  'a server that is away is told in one message, and is worth another try: exit 4 (%s)',
  async (url) => {
    const world = await arrange()
    const { code, stderr } = await world.run(['status'], { env: { CSCAPI_STORAGE: url } })
    expect(code).toBe(4)
    expect(stderr).toContain('127.0.0.1:1')
    expect(stderr).not.toMatch(/^ +at /m)
  },
)

test('a scheme that is none is refused with the one that was meant: exit 2', async () => {
  const world = await arrange()
  const { code, stderr } = await world.run(['status'], { env: { CSCAPI_STORAGE: './store.db' } })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('did you mean sqlite:./store.db?') })
})

test('copy brings machines and signals into another store, and says so; twice changes nothing', async () => {
  const world = await arrange()
  await world.ok(['add', '--format', 'cowrie', SAMPLE])
  await world.ok(['send'])
  const target = `sqlite:${world.path('target.db')}`
  for (const _ of [1, 2]) {
    expect(await world.ok(['copy', world.storage, 'env:TARGET'], { env: { TARGET: target } })).toBe(
      '1 machine and 3 signals are in the target\n',
    )
  }
  const storage = new SqliteStorage({ path: world.path('target.db') })
  await storage.open()
  onTestFinished(() => storage.close())
  expect(await storage.getMachine(MACHINE_ID)).toMatchObject({ registered: true })
  expect((await world.run(['copy', 'sqlite:./missing.db', 'sqlite:./x.db'])).code).toBe(1)
  expect((await world.run(['copy', world.storage, 'env:NOTHING'])).stderr).toContain('the variable NOTHING is not set')
})
