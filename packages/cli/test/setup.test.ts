import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { arrange, MACHINE_ID, oneSignal, SAMPLE } from './world.js'

/** Nothing is configured but what the environment has to be. */
const BARE = { CSCAPI_STORAGE: '', CSCAPI_MACHINE_ID: '', CSCAPI_SCENARIOS: '' }

test('init writes a configuration with which doctor, add and send work', async () => {
  const world = await arrange()
  const init = await world.ok(['init', '--yes', '--input', `cowrie=${SAMPLE}`, '--name', 'My box 1!'], { env: BARE })
  expect(init).toContain(`Written: ${world.path('cscapi.config.yaml')}\n`)
  expect(init).toContain('Next:\n  cscapi doctor --online')
  const text = readFileSync(world.path('cscapi.config.yaml'), 'utf8')
  expect(text).toMatch(/^machineId: Mybox1[0-9a-f]{42}$/m)
  expect(text).toContain(`inputs:\n  - file: ${SAMPLE}\n    format: cowrie\n`)
  expect(statSync(world.path('cscapi.config.yaml')).mode & 0o777).toBe(0o600)
  const env = { ...BARE, CSCAPI_ENVIRONMENT: '' }
  expect(await world.ok(['doctor', '--online'], { env })).toContain('0 things to put right')
  await world.ok(['add', '--format', 'cowrie', SAMPLE], { env })
  expect(await world.ok(['send'], { env })).toMatch(/^3 signals sent/)
})

test('init writes over nothing that is there, unless --force says so', async () => {
  const world = await arrange()
  writeFileSync(world.path('cscapi.config.yaml'), 'userAgentPrefix: mine\n')
  expect(await world.run(['init', '--yes'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is there already'),
  })
  expect(readFileSync(world.path('cscapi.config.yaml'), 'utf8')).toBe('userAgentPrefix: mine\n')
  await world.ok(['init', '--yes', '--force'])
  expect(readFileSync(world.path('cscapi.config.yaml'), 'utf8')).toContain(`machineId: ${MACHINE_ID}`)
})

test.each([
  [['init'], 'Nobody can be asked here: cscapi init --yes --environment production'],
  [['init', '--yes', '--input', 'cowrie'], '--input takes FORMAT=FILE'],
  [['init', '--yes', '--input', 'cowry=/x'], 'There is no format cowry: did you mean cowrie?'],
])('%j is refused with what to do: exit 2', async (args, sentence) => {
  const world = await arrange()
  expect(await world.run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) })
})

test('a password in the URL of a storage is not written into the file', async () => {
  const world = await arrange()
  const env = { CSCAPI_STORAGE: 'postgres://me:hunter2@127.0.0.1:1/db' }
  const { stderr } = await world.run(['init', '--yes'], { env })
  expect(readFileSync(world.path('cscapi.config.yaml'), 'utf8')).not.toContain('hunter2')
  expect(stderr).not.toContain('hunter2')
})

test('doctor finds nothing wrong in a set-up that works, and makes no login', async () => {
  const world = await arrange()
  await world.ok(['init', '--yes'])
  await world.ok(oneSignal())
  const stdout = await world.ok(['doctor'])
  const checks = stdout.split('\n').map((line) => line.slice(0, line.indexOf(':')))
  expect(checks).toEqual([
    'ok   Node.js',
    'ok   configuration',
    'ok   store',
    'ok   environment',
    'ok   queue',
    'ok   rejected',
    'ok   machines',
    'ok   pauses',
    'ok   logins',
    'ok   tokens',
    'ok   proxy',
    'ok   TLS',
    'ok   CAPI',
    'ok   clock',
    '0 things to put right, 0 worth a loo',
    '',
  ])
  expect(world.emulator.record.of('login')).toEqual([])
  expect(await world.ok(['doctor', '--online'])).toContain(`ok   login: CAPI accepts ${MACHINE_ID}`)
})

test('doctor tells everything that is not configured, each with what to do: exit 3', async () => {
  const world = await arrange()
  const { code, stdout } = await world.run(['doctor'], { env: { ...BARE, CSCAPI_ENVIRONMENT: '' } })
  expect(code).toBe(3)
  expect(stdout).toMatch(/odd {2}configuration: no file in .*\n {5}→ cscapi init writes one/)
  for (const name of ['environment', 'machineId', 'scenarios'])
    expect(stdout).toMatch(new RegExp(`bad {2}${name}: not set\n {5}→ `))
  expect(stdout).toContain('-    CAPI: no environment is configured')
  expect(stdout).toContain('3 things to put right')
})

test('doctor finds a store that others may read, a paused one, rejected signals, failing machines', async () => {
  const world = await arrange()
  await world.ok(oneSignal())
  chmodSync(world.path('store.db'), 0o644)
  const open = await world.run(['doctor'])
  expect(open.stdout).toContain(`bad  store: ${world.path('store.db')} holds passwords, and others may read it`)
  chmodSync(world.path('store.db'), 0o600)

  world.emulator.faults.inject({ route: 'signals', status: 400, times: 1 })
  await world.run(['send'])
  await world.ok(oneSignal())
  world.emulator.faults.inject({ route: 'signals', kind: 'ban' })
  await world.run(['send'])
  const requests = world.emulator.record.count()
  const { code, stdout } = await world.run(['doctor', '--online'])
  expect(code).toBe(3)
  expect(stdout).toContain('odd  rejected: 1 signal')
  expect(stdout).toMatch(/bad {2}pauses: forbidden for another 1h/)
  // Calling during a ban prolongs it.
  expect(stdout).toContain('-    CAPI: the store is paused')
  expect(stdout).toContain('-    login: the store is paused')
  expect(world.emulator.record.count()).toBe(requests)
})

test('doctor finds a CAPI that does not answer, and a clock that is wrong', async () => {
  const world = await arrange()
  const away = await world.run(['doctor'], { env: { CSCAPI_ENVIRONMENT: 'http://127.0.0.1:1/v3' } })
  expect(away).toMatchObject({
    code: 3,
    stdout: expect.stringContaining('bad  CAPI: http://127.0.0.1:1/v3 cannot be reached: '),
  })

  const server = createServer((_, response) => {
    response.setHeader('date', new Date(Date.now() + 3_600_000).toUTCString()).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const late = await world.run(['doctor'], { env: { CSCAPI_ENVIRONMENT: `http://127.0.0.1:${port}/v3` } })
  expect(late).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/bad {2}clock: it is (1h|59m \d+s) behind\n {5}→ set it with NTP/),
  })
})

test('doctor tells a broken configuration, and goes no further', async () => {
  const world = await arrange()
  writeFileSync(world.path('cscapi.config.yaml'), 'storge: x\nsendEvery: never\n')
  const { code, stdout } = await world.run(['doctor'])
  expect(code).toBe(3)
  expect(stdout).toContain('did you mean storage?')
  expect(stdout).toContain('must be a duration')
  // No command shows settings that cannot be read.
  expect(stdout).toContain('→ put it right, and run cscapi doctor again')
})

test('doctor tells files that cannot be followed', async () => {
  const world = await arrange()
  writeFileSync(
    world.path('cscapi.config.yaml'),
    `inputs:\n  - { file: ${SAMPLE}, format: cowrie }\n  - { file: /nowhere.log, format: sshd }\n  - { file: x, format: nothing }\n`,
  )
  const { stdout } = await world.run(['doctor', '--offline'])
  expect(stdout).toContain(`ok   input ${SAMPLE}: cowrie`)
  expect(stdout).toContain('odd  input /nowhere.log: does not exist (yet)')
  expect(stdout).toContain('bad  input x: there is no format nothing')
  expect(stdout).toContain('-    CAPI: --offline')
})

test('doctor prints findings as JSON lines', async () => {
  const world = await arrange()
  const findings = await world.json(['doctor', '--offline'])
  expect(findings[0]).toEqual({ check: 'Node.js', verdict: 'ok', found: expect.stringContaining(process.version) })
})
