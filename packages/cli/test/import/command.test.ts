import { cpSync, existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { arrange } from '../world.js'
import { changed, MACHINES, REGISTERED, sample, UNSEEN } from './samples.js'

const ALLOWED = { CSCAPI_ALLOW_LONG_MACHINE_IDS: 'true' }
const SDK = sample('python-sdk-0.7.db')
const emulated = { machines: REGISTERED, requireMachineIdLength: false }

test('import ends in a send in which no machine registers anew; a second import changes nothing', async () => {
  const world = await arrange(emulated)
  const first = await world.run(['import', SDK, '--yes'], { env: ALLOWED })
  expect(first).toMatchObject({ code: 3, stdout: expect.stringContaining('6 signals added') })
  expect(first.stdout).toContain('signal_models row 12\tit has no source')
  expect(await world.ok(['send'], { env: ALLOWED })).toMatch(/^5 signals sent/)
  await world.ok(['machines', 'revive'], { env: ALLOWED })
  expect(await world.ok(['send'], { env: ALLOWED })).toMatch(/^1 signal sent/)
  expect(world.emulator.record.of('register').map(({ machineId }) => machineId)).toEqual([UNSEEN])
  const [again] = await world.json(['import', SDK, '--yes'], { env: ALLOWED })
  expect(again).toMatchObject({ applied: true, signals: { added: 0, before: 6 } })
  expect(await world.ok(['send'], { env: ALLOWED })).toMatch(/^0 signals sent/)
})

test('a dry run makes no store, and says what would be done', async () => {
  const world = await arrange(emulated)
  const { code, stdout } = await world.run(['import', SDK, '--dry-run'], { env: ALLOWED })
  expect({ code, stdout }).toEqual({ code: 3, stdout: expect.stringContaining('6 signals would be added') })
  expect(existsSync(world.path('store.db'))).toBe(false)
})

test('where all rows are whole, the exit code is 0', async () => {
  const world = await arrange(emulated)
  const whole = await changed('python-sdk-0.7.db', 'DELETE FROM signal_models WHERE alert_id >= 11')
  expect(await world.ok(['import', whole, '--yes'], { env: ALLOWED })).toContain('6 signals added')
})

test('passwords are sealed where the configuration has a key, and are compared in clear', async () => {
  const world = await arrange(emulated)
  const env = { ...ALLOWED, CSCAPI_ENCRYPTION_KEY: 'correct horse battery staple' }
  await world.run(['import', SDK, '--yes'], { env })
  const [{ machines }] = (await world.json(['import', SDK, '--yes'], { env })) as [{ machines: unknown }]
  expect(machines).toMatchObject([{ outcome: 'unchanged' }, { outcome: 'unchanged' }, { outcome: 'unchanged' }])
  const { readFileSync } = await import('node:fs')
  expect(readFileSync(world.path('store.db'), 'latin1')).not.toContain('example-password')
  expect(await world.ok(['send'], { env })).toMatch(/^5 signals sent/)
})

test('no password shows, whatever is asked for', async () => {
  const world = await arrange(emulated)
  const runs = [
    await world.run(['import', SDK, '--dry-run', '--json'], { env: ALLOWED }),
    await world.run(['import', SDK, '--yes', '--debug'], { env: ALLOWED }),
    await world.run(['import', sample('php-store'), '--yes', '--json']),
    await world.run(['import', sample('online_api_credentials.yaml'), '--yes']),
    await world.run(['machines', 'ls', '--json'], { env: ALLOWED }),
  ]
  for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toMatch(/example-password|ExamplePassword|eyJ/)
})

test.each([
  [['import'], 2, /missing required argument 'from'/],
  [['import', SDK], 2, /Nobody can be asked here: add --yes to import, or --dry-run/],
  [['import', 'postgres://capi:secret-word@db/x', '--yes'], 2, /a secret is never taken from an argument/],
  [['import', 'mysql+pymysql://capi:secret-word@db/x', '--yes'], 2, /a secret is never taken from an argument/],
  [['import', 'env:NOT_SET', '--yes'], 2, /the variable NOT_SET is not set/],
  [['import', 'env:FROM_URL', '--yes'], 1, /postgres:\/\/\[redacted\]@127\.0\.0\.1:1\/x cannot be read/],
  [['import', 'nothing.db', '--yes'], 1, /nothing\.db cannot be read: ENOENT/],
  [['import', 'mongodb://db/x', '--yes'], 2, /must not be MongoDB/],
  [['import', '.', '--dry-run'], 2, /this folder holds nothing/],
])('%j is refused with what to do', async (args, code, words) => {
  const world = await arrange()
  const env = { FROM_URL: 'postgres://capi:secret-word@127.0.0.1:1/x' }
  const ended = await world.run(args, { env, cwd: world.folder })
  expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(words) })
  expect(ended.stderr).not.toContain('secret-word')
})

test('a store of another environment is refused before anything is written', async () => {
  const world = await arrange(emulated)
  await world.run(['import', SDK, '--yes'], { env: ALLOWED })
  const other = await changed('python-sdk-old.db')
  const { code, stderr } = await world.run(['import', other, '--yes'], {
    env: { ...ALLOWED, CSCAPI_ENVIRONMENT: 'production' },
  })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('belongs to another environment') })
  const machines = await world.json(['machines', 'ls'], { env: ALLOWED })
  expect(machines).toHaveLength(Object.keys(MACHINES).length)
})

test('Ctrl-C in the middle leaves what came whole, and importing again completes it', async () => {
  const world = await arrange(emulated)
  const path = world.path('large.db')
  cpSync(SDK, path)
  const { withDatabase } = await import('./samples.js')
  await withDatabase(path, (database) => {
    database.exec('PRAGMA foreign_keys = OFF')
    database.exec(`WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 20099)
      INSERT INTO signal_models SELECT i, created_at, machine_id, scenario_version, message,
        printf('00000000-0000-4000-8000-%012d', i), start_at, scenario_trust, scenario_hash, scenario, stop_at, 0
      FROM n, signal_models WHERE alert_id = 6`)
    database.exec(`WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 20099)
      INSERT INTO source_models (id, scope, value, signal_id) SELECT i, 'ip', '203.0.113.9', i FROM n`)
  })
  const running = world.start(['import', path, '--yes', '--json'], { env: ALLOWED })
  await expect.poll(() => existsSync(world.path('store.db'))).toBe(true)
  running.child.kill('SIGINT')
  expect((await running.ended).code).toBe(130)
  const [report] = await world.json(['import', path, '--yes'], { env: ALLOWED })
  const { signals } = report as { signals: { added: number; before: number; duplicates: number } }
  expect(signals.added + signals.before + signals.duplicates).toBe(20_006)
  const [status] = await world.json(['status'], { env: ALLOWED })
  expect(JSON.stringify(status)).toContain('20006')
})
