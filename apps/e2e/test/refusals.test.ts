import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, machine, signalsOf } from './arrange.js'

const ALWAYS = { times: Number.POSITIVE_INFINITY }
const ABOUT_THE_ADDRESS = [
  {},
  { body: {} },
  { body: { message: 'Forbidden' } },
  { body: { message: 'FORBIDDEN. ' } },
  { body: { message: 'Your IP is banned' } },
  { body: { message: 'this address was blocked' } },
  { body: { Message: 'User is not authorized to access this resource with an explicit deny' } },
  { body: '<html>Request blocked</html>', headers: { 'content-type': 'text/html' } },
] as const
const says = (message: string) => ({ status: 403, body: { message } })

describe('a registration', () => {
  test.each([400, 403, 409, 422, 500, 503])(
    'that is answered %i "User already registered" is followed by one login, which shows whether the id is ours',
    async (status) => {
      const { client, emulator, storage } = arrange({ machines: { [machine(2)]: 'of somebody else' } })
      await storage.createMachine({ machineId: machine(1), password: 'ours' })
      emulator.machines.register(machine(1), 'ours')
      emulator.faults.inject({ route: 'register', status, body: { message: 'User already registered' }, ...ALWAYS })
      await client.addSignals([...signalsOf(machine(1), 1), ...signalsOf(machine(2), 1)])
      expect(await client.sendSignals()).toMatchObject({ sent: 1, failing: 1, postponed: 1 })
      expect(await storage.getMachine(machine(1))).toMatchObject({ registered: true, failing: undefined })
      expect((await storage.getMachine(machine(2)))?.failing).toMatchObject({ reason: 'machine_id_taken' })
      expect(await client.stats()).toMatchObject({ pausedUntil: undefined })
      expect(emulator.record.count({ route: 'login' })).toBe(2)
    },
  )

  test('so also where a 200 says it', async () => {
    const { client, emulator, storage } = arrange({ machines: { [machine()]: 'of somebody else' } })
    emulator.faults.inject({ route: 'register', status: 200, body: { message: 'User already registered.' } })
    await client.addSignals(signalsOf(machine(), 1))
    expect(await client.sendSignals()).toMatchObject({ failing: 1 })
    expect((await storage.getMachine(machine()))?.failing).toMatchObject({ reason: 'machine_id_taken' })
  })

  test('refused with a 403 in CAPI’s own words concerns that id', async () => {
    const { client, emulator, storage } = arrange()
    emulator.faults.inject({ route: 'register', machineId: machine(1), ...says('this id is reserved') })
    await client.addSignals([...signalsOf(machine(1), 1), ...signalsOf(machine(2), 1)])
    expect(await client.sendSignals()).toMatchObject({ sent: 1, failing: 1 })
    expect((await storage.getMachine(machine(1)))?.failing).toMatchObject({ reason: 'register_refused' })
  })
})

describe('an enrolment', () => {
  const enrolment = { machineIds: [machine(1), machine(2)], attachmentKey: 'attachmentkey1' }

  test.each([
    'invalid enrollment key',
    'the attachment key provided is not valid',
    'key expired',
    'no such organization',
  ])('answered 403 "%s" refuses the key for all machines, and pauses nothing', async (message) => {
    const { client, emulator } = arrange()
    emulator.faults.inject({ route: 'enroll', ...says(message), ...ALWAYS })
    const results = await client.enrollMachines(enrolment)
    expect(results).toMatchObject([
      { status: 'refused', message, error: { code: 'attachment_key_refused' } },
      { status: 'refused', message, error: { code: 'attachment_key_refused' } },
    ])
    expect(emulator.record.count({ route: 'enroll' })).toBe(1)
    expect(await client.stats()).toMatchObject({ pausedUntil: undefined })
  })

  test.each(ABOUT_THE_ADDRESS)('answered 403 %j pauses everything', async (answer) => {
    const { client, emulator } = arrange()
    emulator.faults.inject({ route: 'enroll', status: 403, body: '', ...answer })
    expect(await client.enrollMachines(enrolment)).toMatchObject([{ status: 'postponed' }, { status: 'postponed' }])
    expect(await client.stats()).toMatchObject({ pauseReason: 'forbidden' })
  })
})

describe('a machine', () => {
  test.each(['machine is blocked', 'account disabled', 'This watcher was deleted', 'user suspended'])(
    'whose login is answered 403 "%s" is left alone for an hour, then two, and the others go on',
    async (message) => {
      const { client, emulator, storage, advance } = arrange()
      emulator.faults.inject({ route: 'login', machineId: machine(1), ...says(message), ...ALWAYS })
      await client.addSignals([...signalsOf(machine(1), 1), ...signalsOf(machine(2), 1)])
      expect(await client.sendSignals()).toMatchObject({
        sent: 1,
        failing: 1,
        problems: [{ code: 'machine_refused', count: 1, machines: 1 }],
      })
      const { failing } = (await storage.getMachine(machine(1))) ?? {}
      expect(failing).toMatchObject({ reason: 'machine_refused', message, count: 1, retryInMs: HOUR_MS })
      advance(HOUR_MS)
      await client.sendSignals()
      expect((await storage.getMachine(machine(1)))?.failing).toMatchObject({ count: 2, retryInMs: 2 * HOUR_MS })
      emulator.faults.clear()
      await client.reviveMachines()
      expect(await client.sendSignals()).toMatchObject({ sent: 1 })
    },
  )

  test('whose signals are answered so is left alone, too, costs no login, and is well once they are taken', async () => {
    const { client, emulator, storage, advance } = arrange({ tokenLifetimeMs: 24 * HOUR_MS })
    await client.addSignals([...signalsOf(machine(1), 1), ...signalsOf(machine(2), 1)])
    emulator.faults.inject({ route: 'signals', machineId: machine(1), ...says('machine is blocked') })
    expect(await client.sendSignals()).toMatchObject({ sent: 1, failing: 1 })
    expect((await storage.getMachine(machine(1)))?.failing).toMatchObject({ reason: 'machine_refused' })
    advance(HOUR_MS)
    expect(await client.sendSignals()).toMatchObject({ sent: 1, logins: 0 })
    expect(await client.stats()).toMatchObject({ failing: 0, pending: 0 })
  })
})

describe('a 403 about the address', () => {
  test.each(ABOUT_THE_ADDRESS.flatMap((answer) => (['login', 'signals'] as const).map((route) => ({ route, answer }))))(
    'pauses everything: $route $answer',
    async ({ route, answer }) => {
      const { client, emulator } = arrange()
      for (let number = 1; number <= 9; number += 1) await client.addSignals(signalsOf(machine(number), 1))
      emulator.faults.inject({ route, status: 403, body: '', ...answer, ...ALWAYS })
      expect(await client.sendSignals({ concurrency: 1 })).toMatchObject({
        stopped: 'forbidden',
        failing: 0,
        logins: route === 'login' ? 0 : 1,
      })
      expect(await client.sendSignals()).toMatchObject({ requests: 0, stopped: 'forbidden' })
    },
  )
})

describe('a 403 with another reason', () => {
  const OWN = says('Access denied for this scenario')

  test('for one batch, while CAPI talks to this address, is treated like a 400', async () => {
    const { client, emulator } = arrange()
    await client.addSignals([...signalsOf(machine(1), 4), ...signalsOf(machine(2), 4)])
    const [poison] = (await client.preview(signalsOf(machine(3), 1))).signals
    await client.addSignals([JSON.parse(poison?.json ?? '')])
    const isPoisoned = ({ body }: { body?: unknown }) => JSON.stringify(body).includes(machine(3))
    emulator.faults.inject({ route: 'signals', ...OWN, when: isPoisoned, ...ALWAYS })
    expect(await client.sendSignals()).toMatchObject({ sent: 8, rejected: 1, failing: 0 })
    expect(await client.stats()).toMatchObject({ pausedUntil: undefined })
  })

  test('is a ban where CAPI does not talk to this address otherwise', async () => {
    const { client, emulator } = arrange()
    await client.addSignals(signalsOf(machine(), 4))
    emulator.faults.inject({ route: ['signals', 'metrics'], ...OWN, ...ALWAYS })
    expect(await client.sendSignals()).toMatchObject({ sent: 0, rejected: 0, postponed: 4, stopped: 'forbidden' })
  })

  test('on a pull is the caller’s to see, and pauses nothing', async () => {
    const { client, emulator } = arrange()
    emulator.faults.inject({ route: 'decisions', ...OWN, ...ALWAYS })
    await expect(client.getDecisions({ machineId: machine() })).rejects.toMatchObject({ code: 'forbidden' })
    expect(await client.stats()).toMatchObject({ pausedUntil: undefined })
  })
})

test('whatever a 403 says, it makes nobody log in or register more often, and nothing is lost', async () => {
  const words = fc.constantFrom(
    'machine',
    'password',
    'incorrect',
    'IP',
    'Forbidden',
    'already registered',
    'token',
    'user',
    'expired',
  )
  const message = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 5 }).map((list) => list.join(' ')),
  )
  const route = fc.constantFrom('register' as const, 'login' as const, 'signals' as const, '*' as const)
  await fc.assert(
    fc.asyncProperty(message, route, async (text, where) => {
      const { client, emulator, storage, advance } = arrange()
      for (let number = 1; number <= 3; number += 1) await client.addSignals(signalsOf(machine(number), 1))
      emulator.faults.inject({ route: where, ...says(text), ...ALWAYS })
      for (let run = 0; run < 6; run += 1) {
        await client.sendSignals()
        advance(9 * 60_000)
      }
      expect(emulator.record.count({ route: 'login' })).toBeLessThanOrEqual(3)
      expect(emulator.record.count({ route: 'register' })).toBeLessThanOrEqual(3)
      emulator.faults.clear()
      for (let day = 0; day < 3; day += 1) advance(25 * HOUR_MS)
      await client.sendSignals()
      const { pending, rejected } = await storage.stats()
      expect({ pending, all: rejected + emulator.signals.size }).toEqual({ pending: 0, all: 3 })
    }),
    { numRuns: 150 },
  )
})
