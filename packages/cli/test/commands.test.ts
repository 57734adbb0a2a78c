import { expect, test } from 'vitest'
import { arrange, MACHINE_ID, oneSignal, SAMPLE } from './world.js'

const OTHER_ID = 'b2'.repeat(24)

test('send tells what it did: exit 0', async () => {
  const world = await arrange()
  await world.ok(['add', '--format', 'cowrie', SAMPLE])
  expect(await world.ok(['send'])).toMatch(/^3 signals sent \(4 requests, 1 login, \d+s\)\n$/)
  expect(await world.ok(['send'])).toMatch(/^0 signals sent \(0 requests, 0 logins, 0s\)\n$/)
  expect(await world.json(['send'])).toMatchObject([{ sent: 0, rejected: 0, problems: [] }])
})

test.each([
  ['a signal that CAPI refuses', { status: 400, body: { message: 'no such scenario' } }, 3, '1 rejected'],
  ['a server in trouble', { status: 503 }, 4, '1 put back for later'],
  ['a rate limit', { kind: 'rate-limit' }, 4, 'Ended early (rate_limited)'],
  ['a wrong address', { status: 404 }, 1, 'Ended early (misconfigured)'],
] as const)('%s is told, with its own exit code', async (_, fault, exit, text) => {
  const world = await arrange()
  await world.ok(oneSignal())
  world.emulator.faults.inject({ route: 'signals', ...fault })
  const { code, stdout } = await world.run(['send'])
  expect({ code, stdout }).toEqual({ code: exit, stdout: expect.stringContaining(text) })
})

test('rejected signals are listed with the reason, requeued, exported and purged', async () => {
  const world = await arrange()
  await world.ok(oneSignal())
  const fault = world.emulator.faults.inject({ route: 'signals', status: 400, body: { message: 'no such scenario' } })
  await world.run(['send'])
  const rejected = await world.ok(['signals', 'rejected'])
  expect(rejected.split('\n')).toEqual([
    'rejected\treason\tsource\tscenario\tmachine\tuuid',
    expect.stringMatching(
      new RegExp(
        `^\\d+s ago\t400 .*no such scenario.*\t203.0.113.7\tcrowdsecurity/ssh-bf\t${MACHINE_ID}\t[0-9a-f-]{36}$`,
      ),
    ),
    '',
  ])
  expect(await world.json(['signals', 'rejected'])).toMatchObject([
    { machineId: MACHINE_ID, status: 'rejected', httpStatus: 400, signal: { scenario: 'crowdsecurity/ssh-bf' } },
  ])
  const exported = await world.ok(['signals', 'export'])
  expect(JSON.parse(exported)).toMatchObject({ scenario: 'crowdsecurity/ssh-bf', machine_id: MACHINE_ID })
  fault.remove()
  expect(await world.ok(['signals', 'requeue'])).toBe('1 signal will be sent again: cscapi send\n')
  expect(await world.ok(['send'])).toMatch(/^1 signal sent/)

  world.emulator.faults.inject({ route: 'signals', status: 400 })
  await world.ok(oneSignal())
  await world.run(['send'])
  const { code, stderr } = await world.run(['signals', 'purge', '--older-than', '0'])
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Nobody can be asked here: say --yes') })
  expect(await world.ok(['signals', 'purge', '--older-than', '1h', '--yes'])).toBe('0 signals deleted\n')
  expect(await world.ok(['signals', 'purge', '--older-than', '0', '--yes'])).toBe('1 signal deleted\n')
  // What was exported can be added again.
  expect(await world.ok(['add', '--format', 'signal'], { input: exported.replace('ssh-bf', 'ssh-slow-bf') })).toContain(
    'in the store already',
  )
})

test('signals are listed by status and machine, so many at most', async () => {
  const world = await arrange()
  await world.ok(['add', '--format', 'cowrie', SAMPLE])
  await world.ok([...oneSignal(), '--machine-id', OTHER_ID])
  expect(await world.json(['signals', 'ls', '--machine', OTHER_ID])).toHaveLength(1)
  expect(await world.json(['signals', 'ls', '--status', 'sent'])).toHaveLength(0)
  const { stdout, stderr } = await world.run(['signals', 'ls', '--limit', '2'])
  expect(stdout.split('\n')).toHaveLength(4)
  expect(stderr).toBe('There are more: these are the first 2 (--limit)\n')
  expect((await world.run(['signals', 'ls', '--limit', '4'])).stderr).toBe('')
  expect((await world.run(['signals', 'ls', '--status', 'lost'])).code).toBe(2)
})

test('preview prints what waits, to the byte as it leaves', async () => {
  const world = await arrange()
  await world.ok(oneSignal())
  const preview = await world.ok(['preview'])
  await world.ok(['send'])
  expect(world.emulator.record.of('signals').map(({ bodyBytes }) => bodyBytes)).toEqual([
    Buffer.byteLength(`[${preview.trimEnd()}]`),
  ])
  expect(await world.ok(['preview'])).toBe('')
})

test('machines are listed and shown without a secret', async () => {
  const world = await arrange()
  await world.ok(oneSignal())
  await world.ok(['send'])
  expect(await world.ok(['machines', 'ls'])).toMatch(
    new RegExp(`^machine\tregistered\tenrolled\ttoken\tfailing\n${MACHINE_ID}\tyes\tno\t\\d+m( \\d+s)? left\t\n$`),
  )
  const [shown] = await world.json(['machines', 'show'])
  expect(shown).toEqual({
    machineId: MACHINE_ID,
    registered: true,
    enrolled: false,
    authFailures: 0,
    tokenExpiresInMs: expect.any(Number),
    scenarios: ['crowdsecurity/ssh-bf'],
  })
  expect(await world.run(['machines', 'show', OTHER_ID])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`The store has no machine ${OTHER_ID}`),
  })
})

test('failing machines are listed, and revived', async () => {
  const world = await arrange()
  await world.ok(oneSignal())
  world.emulator.faults.inject({ route: 'login', kind: 'bad-credentials' })
  await world.run(['send'])
  expect(await world.ok(['machines', 'ls', '--failing'])).toContain('credentials_refused')
  world.emulator.faults.clear()
  expect(await world.ok(['machines', 'revive', MACHINE_ID])).toBe('1 machine revived: cscapi send\n')
  expect(await world.ok(['send'])).toMatch(/^1 signal sent/)
})

test('machines are removed where somebody says so', async () => {
  const world = await arrange()
  await world.ok(oneSignal())
  await world.ok(['send'])
  expect((await world.run(['machines', 'rm', MACHINE_ID])).code).toBe(2)
  expect(await world.ok(['machines', 'rm', MACHINE_ID, '--yes'])).toBe('1 machine removed\n')
  expect(await world.run(['machines', 'rm', MACHINE_ID, '--yes'])).toMatchObject({
    code: 3,
    stderr: 'cscapi: 1 id not known to the store\n',
  })
})

test('machine ids are made by chance, or of a key: as the library makes them, and as Python does', async () => {
  const world = await arrange()
  const [one, other] = [
    await world.ok(['machines', 'id', '--prefix', 'box']),
    await world.ok(['machines', 'id', '--prefix', 'box']),
  ]
  expect(one).toMatch(/^box[0-9a-f]{45}\n$/)
  expect(other).not.toBe(one)
  expect(await world.ok(['machines', 'id', 'key'])).toBe('2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a\n')
  const python = await world.run(['machines', 'id', 'key', '--prefix', 'acme', '--format', 'python'])
  expect(python.stdout).toMatch(/^acme[0-9a-f]{48}\n$/)
  expect(python.stderr).toContain('set allowLongMachineIds: true to use it')
  expect((await world.run(['machines', 'id', '--prefix', 'no spaces'])).code).toBe(2)
})

test('enroll takes its key from a variable or a file, and tells what became of each machine', async () => {
  const world = await arrange({ attachmentKeys: ['goodkey123'] })
  await world.ok(oneSignal())
  await world.ok(['send'])
  const good = { CSCAPI_ATTACHMENT_KEY: 'goodkey123' }
  expect(await world.ok(['enroll', '--name', 'box', '--tag', 'a', 'b'], { env: good })).toMatch(
    new RegExp(`^${MACHINE_ID}  enrolled; accept it in the console`),
  )
  const refused = await world.run(['enroll', '--all'], { env: { CSCAPI_ATTACHMENT_KEY: 'badkey1234' } })
  expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('refused') })
  expect(refused.stdout + refused.stderr).not.toContain('badkey1234')
  expect(await world.run(['enroll'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Set CSCAPI_ATTACHMENT_KEY, or CSCAPI_ATTACHMENT_KEY_FILE'),
  })
})

test('version says what runs', async () => {
  const world = await arrange()
  expect(await world.ok(['version'])).toMatch(/^cscapi \d+\.\d+\.\d+ \(Node\.js v/)
  expect(await world.json(['version'])).toMatchObject([{ node: process.version }])
})

test('an id that the store does not know is told by revive, too: exit 3', async () => {
  const world = await arrange()
  await world.ok(oneSignal())
  await world.ok(['send'])
  expect(await world.run(['machines', 'revive', 'nobody', MACHINE_ID])).toEqual({
    code: 3,
    stdout: '0 machines revived\n',
    stderr: 'cscapi: 1 id not known to the store\n',
  })
})
