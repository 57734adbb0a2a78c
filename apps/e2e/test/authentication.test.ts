import { inspect } from 'node:util'
import { CapiAuthError, InputError } from '@cscapi/client'
import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, MINUTE_MS, machine, sendAll, signalsOf } from './arrange.js'

const ALWAYS = { times: Number.POSITIVE_INFINITY }

describe('a machine’s first use', () => {
  test('stores its password before it registers, so that a lost answer costs nothing', async () => {
    const { client, connect, emulator, storage, advance } = arrange()
    emulator.faults.inject({ route: 'register', kind: 'reset-after' })
    await client.addSignals(signalsOf(machine(), 1))
    expect(await client.sendSignals()).toMatchObject({ sent: 0, postponed: 1 })
    const stored = await storage.getMachine(machine())
    expect(stored?.password).toMatch(/^[A-Za-z0-9]{64}$/)
    expect(stored?.registered).toBe(false)
    await client.close()
    // Another process meets "already registered", logs in with the stored password, and keeps it.
    await sendAll(connect(), advance)
    expect(emulator.signals.size).toBe(1)
    expect((await storage.getMachine(machine()))?.password).toBe(stored?.password)
    expect(await storage.getMachine(machine())).toMatchObject({ registered: true, failing: undefined })
  })

  test.each(['error-500', 'conflict-409'] as const)(
    'an id that somebody else registered (%s) fails with advice, and stops nobody else',
    async (existingMachine) => {
      const { client, emulator, storage } = arrange({ existingMachine, machines: { [machine(1)]: 'another-password' } })
      await client.addSignals([...signalsOf(machine(1), 2), ...signalsOf(machine(2), 3)])
      expect(await client.sendSignals()).toMatchObject({ sent: 3, failing: 1, postponed: 2 })
      expect((await storage.getMachine(machine(1)))?.failing).toMatchObject({ reason: 'machine_id_taken', count: 1 })
      const failure = await client.getDecisions({ machineId: machine(1) }).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(CapiAuthError)
      expect(String(failure)).toContain('choose another machine id')
      expect(emulator.record.count({ route: 'login' })).toBe(2)
    },
  )

  test.each([500, 503, 429, 408])(
    'a register call answered %i leaves the machine new, and a later one succeeds',
    async (status) => {
      const { client, emulator, storage, advance } = arrange()
      emulator.faults.inject({ route: 'register', status })
      await client.addSignals(signalsOf(machine(), 1))
      expect(await client.sendSignals()).toMatchObject({ sent: 0, failing: 0, postponed: 1 })
      expect(await storage.getMachine(machine())).toMatchObject({ registered: false, failing: undefined })
      await sendAll(client, advance)
      expect(emulator.machines.logins(machine())).toBe(1)
    },
  )

  test('a register call refused for good makes the machine failing, and it is tried again after an hour, then two', async () => {
    const { client, emulator, storage, advance } = arrange()
    emulator.faults.inject({ route: 'register', status: 400, ...ALWAYS })
    await client.addSignals(signalsOf(machine(), 1))
    const calls: number[] = []
    for (let minutes = 0; minutes <= 4 * 60; minutes += 10) {
      await client.sendSignals()
      calls.push(emulator.record.count({ route: 'register' }))
      advance(10 * MINUTE_MS)
    }
    expect([calls[5], calls[6], calls[17], calls[18]]).toEqual([1, 2, 2, 3])
    expect((await storage.getMachine(machine()))?.failing).toMatchObject({ reason: 'register_refused', count: 3 })
  })

  test('an id that CAPI would not accept is refused before anything is stored or sent', async () => {
    const { client, emulator, storage } = arrange()
    await expect(client.getDecisions({ machineId: 'short' })).rejects.toBeInstanceOf(InputError)
    expect(await storage.listMachines()).toMatchObject({ machines: [] })
    expect(emulator.record.count()).toBe(0)
  })

  test('a long id of the Python SDK is accepted only when asked for', async () => {
    const { connect } = arrange({ strict: false, requireMachineIdLength: false })
    const long = `acme${machine()}`
    await expect(connect().getDecisions({ machineId: long })).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(connect({ allowLongMachineIds: true }).getDecisions({ machineId: long })).resolves.toMatchObject({
      new: [],
    })
  })
})

describe('tokens', () => {
  test('are shared by every process until shortly before they expire', async () => {
    const { connect, emulator, advance } = arrange()
    for (let round = 0; round < 5; round += 1) {
      const client = connect()
      await client.addSignals(signalsOf(machine(), 1))
      await client.sendSignals()
      await client.close()
      advance(11 * MINUTE_MS)
    }
    expect(emulator.machines.logins()).toBe(1)
    advance(4 * MINUTE_MS + 30_000)
    const late = connect()
    await late.addSignals(signalsOf(machine(), 1))
    expect(await late.sendSignals()).toMatchObject({ sent: 1, logins: 1 })
    expect(emulator.record.count({ route: 'signals', status: 401 })).toBe(0)
  })

  test('one that lives shorter than the safety margin is still used, and not fetched anew for every batch', async () => {
    const { client, emulator } = arrange({ tokenLifetimeMs: 30_000 })
    await client.addSignals(signalsOf(machine(), 500))
    expect(await client.sendSignals()).toMatchObject({ sent: 500, logins: 1 })
    expect(emulator.machines.logins()).toBe(1)
  })

  test('a 401 costs one login and one repeat; no signal is lost or sent twice', async () => {
    const { client, emulator } = arrange()
    await client.addSignals(signalsOf(machine(), 10))
    await client.sendSignals()
    emulator.machines.expireTokens()
    await client.addSignals(signalsOf(machine(), 10))
    expect(await client.sendSignals()).toMatchObject({ sent: 10, logins: 1 })
    expect(emulator.signals.duplicates()).toEqual([])
  })

  test('if another process has logged in meanwhile, its token is used instead of a further login', async () => {
    const { connect, emulator } = arrange()
    const [one, other] = [connect(), connect()]
    await one.addSignals(signalsOf(machine(), 1))
    await one.sendSignals()
    emulator.machines.expireTokens()
    await one.addSignals(signalsOf(machine(), 1))
    // The other pulls, and so logs in, exactly while the first one's call is under way.
    const pullMeanwhile = () => {
      void other.getDecisions({ machineId: machine() })
      return true
    }
    emulator.faults.inject({
      route: 'signals',
      kind: 'unauthorized',
      when: pullMeanwhile,
    })
    await one.sendSignals()
    await other.getDecisions({ machineId: machine() })
    expect(emulator.machines.logins(machine())).toBe(2)
    expect(emulator.signals.size).toBe(2)
  })

  test('a 401 although the token is fresh postpones; after three such failures the machine fails, others go on', async () => {
    const { client, emulator, storage, advance } = arrange()
    emulator.faults.inject({ route: 'signals', kind: 'unauthorized', machineId: machine(1), ...ALWAYS })
    for (let round = 1; round <= 3; round += 1) {
      await client.addSignals([...signalsOf(machine(1), 1), ...signalsOf(machine(2), 1)])
      expect(await client.sendSignals({ concurrency: 1 })).toMatchObject({ sent: 1, postponed: round })
      advance(6 * MINUTE_MS)
    }
    expect((await storage.getMachine(machine(1)))?.failing).toMatchObject({ reason: 'unauthorized' })
    expect(await client.stats()).toMatchObject({ failing: 1, pending: 3 })
    emulator.faults.clear()
    advance(HOUR_MS)
    expect(await client.sendSignals()).toMatchObject({ sent: 3 })
    expect(await client.stats()).toMatchObject({ failing: 0 })
  })

  test('the same 401 on many machines is the server’s trouble: no machine fails', async () => {
    const { client, emulator, storage, advance } = arrange()
    emulator.faults.inject({ route: 'signals', kind: 'unauthorized', ...ALWAYS })
    for (let number = 1; number <= 5; number += 1) await client.addSignals(signalsOf(machine(number), 1))
    for (let round = 0; round < 6; round += 1) {
      await client.sendSignals()
      advance(6 * MINUTE_MS)
    }
    expect(await storage.listMachines({ failing: true })).toMatchObject({ machines: [] })
    emulator.faults.clear()
    await sendAll(client, advance)
    expect(emulator.signals.size).toBe(5)
  })

  test('nor does one when every run is a new process’s', async () => {
    const { client, connect, emulator, storage, advance } = arrange()
    for (let number = 1; number <= 5; number += 1) await client.addSignals(signalsOf(machine(number), 1))
    emulator.faults.inject({ route: 'signals', kind: 'unauthorized', ...ALWAYS })
    for (let round = 0; round < 6; round += 1) {
      const process = connect()
      await process.sendSignals({ concurrency: 1 })
      await process.close()
      advance(6 * MINUTE_MS)
    }
    expect(await storage.listMachines({ failing: true })).toMatchObject({ machines: [] })
  })

  test('and what it refused meanwhile is not held against a machine once others get through again', async () => {
    const { client, emulator, storage, advance } = arrange()
    for (let number = 1; number <= 4; number += 1) await client.addSignals(signalsOf(machine(number), 1))
    emulator.faults.inject({ route: 'signals', kind: 'unauthorized', ...ALWAYS })
    for (let round = 0; round < 6; round += 1) {
      await client.sendSignals({ concurrency: 1 })
      advance(6 * MINUTE_MS)
    }
    emulator.faults.clear()
    emulator.faults.inject({ route: 'signals', kind: 'unauthorized', machineId: machine(4), ...ALWAYS })
    expect(await client.sendSignals({ concurrency: 1 })).toMatchObject({ sent: 3, failing: 0 })
    expect((await storage.getMachine(machine(4)))?.failing).toBeUndefined()
  })

  test('refused credentials fail the machine at once, with one login an hour at most', async () => {
    const { client, emulator, storage, advance } = arrange()
    await client.addSignals(signalsOf(machine(), 1))
    await client.sendSignals()
    emulator.machines.register(machine(), 'changed behind our back')
    emulator.machines.expireTokens()
    await client.addSignals(signalsOf(machine(), 1))
    expect(await client.sendSignals()).toMatchObject({ sent: 0, failing: 1 })
    expect((await storage.getMachine(machine()))?.failing).toMatchObject({ reason: 'credentials_refused' })
    for (let minutes = 0; minutes < 50; minutes += 10) {
      await client.sendSignals()
      advance(10 * MINUTE_MS)
    }
    expect(emulator.machines.get(machine())?.refusedLogins).toBe(1)
  })

  test('any number of callers at once cause one registration and one login', async () => {
    const { connect, emulator } = arrange()
    const clients = [connect(), connect(), connect()]
    await Promise.all(clients.map((client) => client.getDecisions({ machineId: machine() })))
    expect(emulator.record.count({ route: 'register' })).toBe(1)
    expect(emulator.machines.logins()).toBe(1)
  })
})

test('a process that was away while it registered leaves the login to the one that has taken over', async () => {
  const { connect, emulator, advance } = arrange()
  let isAway = false
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const answer = await emulator.fetch(input, init)
    if (new URL(input instanceof Request ? input.url : input).pathname === '/v3/watchers' && !isAway) {
      isAway = true
      advance(61_000)
      await connect().getDecisions({ machineId: machine() })
    }
    return answer
  }
  const away = connect({ fetch })
  await expect(away.getDecisions({ machineId: machine() })).rejects.toMatchObject({
    code: 'lock_busy',
    retryable: true,
  })
  expect(emulator.machines.logins()).toBe(1)
  await expect(away.getDecisions({ machineId: machine() })).resolves.toMatchObject({ new: [] })
  expect(emulator.machines.logins()).toBe(1)
})

describe('scenarios', () => {
  test('a pull logs in again only when the token was not issued for all of its scenarios', async () => {
    const { connect, emulator } = arrange()
    const client = connect({ scenarios: ['acme/a', 'acme/b'] })
    await client.getDecisions({ machineId: machine() })
    await client.getDecisions({ machineId: machine(), scenarios: ['acme/b'] })
    expect(emulator.machines.logins()).toBe(1)
    await client.getDecisions({ machineId: machine(), scenarios: ['acme/b', 'acme/c'] })
    expect(emulator.machines.logins()).toBe(2)
    expect(emulator.machines.get(machine())?.scenarios).toEqual(['acme/b', 'acme/c'])
  })

  test('sending takes any unexpired token, whatever its scenarios', async () => {
    const { connect, emulator } = arrange()
    const [one, other] = [connect({ scenarios: ['acme/a'] }), connect({ scenarios: ['acme/b'] })]
    for (const client of [one, other, one, other]) {
      await client.addSignals(signalsOf(machine(), 1))
      await client.sendSignals()
    }
    expect(emulator.machines.logins()).toBe(1)
  })
})

describe('secrets', () => {
  test('no error, at any depth, shows password or token, whatever goes wrong', async () => {
    const { connect, emulator, storage, advance } = arrange()
    const secrets: string[] = []
    const failures: unknown[] = []
    const kinds = [
      'reset',
      'hang',
      'html',
      'truncated',
      'unauthorized',
      'ban',
      'bad-credentials',
      'rate-limit',
      'server-error',
      'bad-attachment-key',
    ] as const
    for (const kind of kinds) {
      for (const route of ['register', 'login', 'decisions', 'enroll'] as const) {
        advance(3 * HOUR_MS)
        const client = connect({ maxRetries: 0, timeoutMs: 50, leaseMs: 100 })
        const machineId = machine(secrets.length)
        emulator.faults.inject({ route, kind, ...ALWAYS })
        await client.getDecisions({ machineId }).catch((error: unknown) => failures.push(error))
        const results = await client.enrollMachines({ machineIds: [machineId], attachmentKey: 'attachmentkey123' })
        failures.push(results)
        const stored = await storage.getMachine(machineId)
        secrets.push(stored?.password ?? 'never stored', ...(stored?.token === undefined ? [] : [stored.token.value]))
        emulator.faults.clear()
      }
    }
    expect(failures.length).toBeGreaterThan(40)
    const printed = failures
      .map(
        (failure) =>
          `${inspect(failure, { depth: 20, showHidden: true })} ${JSON.stringify(failure)} ${String(failure)}`,
      )
      .join('\n')
    for (const secret of [...secrets, 'attachmentkey123']) expect(printed).not.toContain(secret)
  })
})

describe('the environment', () => {
  const mismatch = { code: 'environment_mismatch' }

  test('a store belongs to the environment that registered its machines; another one is refused before any request', async () => {
    const { client, connect, emulator } = arrange()
    await client.addSignals(signalsOf(machine(), 1))
    await client.sendSignals()
    const before = emulator.record.count()
    const other = connect({ environment: 'production' })
    await expect(other.sendSignals()).rejects.toMatchObject(mismatch)
    await expect(other.addSignals(signalsOf(machine(), 1))).rejects.toMatchObject(mismatch)
    expect(emulator.record.count()).toBe(before)
  })

  test('what was added for the development service never goes anywhere else, sent or not', async () => {
    const { connect, emulator } = arrange()
    await connect({ environment: 'development' }).addSignals(signalsOf(machine(), 1))
    await expect(connect({ environment: 'production' }).sendSignals()).rejects.toMatchObject(mismatch)
    await expect(connect().sendSignals()).rejects.toMatchObject(mismatch)
    expect(emulator.record.count()).toBe(0)
  })

  test('a base URL that was put right takes the place of one that never registered a machine, and sends what waits', async () => {
    const { connect, emulator, storage } = arrange()
    const mistyped = connect({ environment: { baseUrl: 'http://127.0.0.1:8088/v33' } })
    await mistyped.addSignals(signalsOf(machine(), 1))
    emulator.faults.inject({ route: '*', status: 403, body: { message: 'Forbidden' }, times: 1 })
    expect(await mistyped.sendSignals()).toMatchObject({ sent: 0, stopped: 'forbidden' })
    const failing = { reason: 'register_refused', count: 1, retryAfterMs: 3_600_000 } as const
    await storage.createMachine({ machineId: machine(2), password: 'p' })
    await storage.updateMachine(machine(2), { failing })

    const right = connect()
    const warnings: string[] = []
    right.on('warning', ({ code, message }) => warnings.push(`${code} ${message}`))
    await right.addSignals(signalsOf(machine(2), 1))
    expect(await right.stats()).toMatchObject({ failing: 0, pausedUntil: undefined })
    expect(warnings).toEqual([expect.stringMatching(/^environment_changed .*8088\/v33,.*8088\/v3 from now on/)])
    await expect(mistyped.addSignals(signalsOf(machine(3), 1))).resolves.toMatchObject({ added: 1 })
    await expect(connect({ environment: 'production' }).stats()).resolves.toMatchObject({ pending: 3 })
  })

  test('of two processes that put it right at once, the first one’s base URL holds', async () => {
    const { connect } = arrange()
    const at = (path: string) => connect({ environment: { baseUrl: `http://127.0.0.1:8088/${path}` } })
    await at('typo').addSignals(signalsOf(machine(), 1))
    const both = await Promise.all(['v3', 'v3', 'v3'].map((path) => at(path).stats()))
    expect(both.map(({ pending }) => pending)).toEqual([1, 1, 1])
  })
})
