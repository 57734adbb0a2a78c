import { describe, expect, test } from 'vitest'
import { createEmulator, type EmulatorOptions, type RecordedRequest } from '../src/index.js'
import { Caller, MACHINE_ID, MACHINES, onArrival, PASSWORD, SIGNAL } from './caller.js'

async function start(options: EmulatorOptions = {}) {
  const emulator = createEmulator({ machines: MACHINES, ...options })
  const capi = Caller.inProcess(emulator)
  return { emulator, capi, auth: await capi.authorised() }
}

describe('the record of requests', () => {
  test('holds each request whole, secrets included, in the order of arrival', async () => {
    const { emulator, capi, auth } = await start({ now: () => 1_700_000_000_000 })
    await capi.post('/signals?debug=1', [SIGNAL], auth)
    const [login, signals] = emulator.record.requests
    expect(login).toMatchObject({ number: 1, route: 'login', machineId: MACHINE_ID, body: { password: PASSWORD } })
    expect(signals).toEqual({
      number: 2,
      route: 'signals',
      method: 'POST',
      path: '/v3/signals?debug=1',
      headers: { 'content-type': 'application/json', ...auth.headers },
      body: [SIGNAL],
      wireBytes: JSON.stringify([SIGNAL]).length,
      bodyBytes: JSON.stringify([SIGNAL]).length,
      machineId: MACHINE_ID,
      remoteAddress: '127.0.0.1',
      at: 1_700_000_000_000,
      status: 200,
      fault: undefined,
      problems: [],
    })
  })

  test('names the machine also when its call was refused', async () => {
    const { emulator, capi } = await start()
    await capi.post('/watchers/login', { machine_id: MACHINE_ID, password: 'wrong' })
    expect(emulator.record.last('login')).toMatchObject({ status: 403, machineId: MACHINE_ID })
    await capi.post('/signals', [], { headers: { authorization: 'nonsense' } })
    expect(emulator.record.last()).toMatchObject({ status: 401, machineId: undefined })
  })

  test('counts by route and status', async () => {
    const { emulator, capi, auth } = await start()
    emulator.faults.inject({ route: 'signals', status: 500 })
    for (let call = 0; call < 3; call += 1) await capi.post('/signals', [], auth)
    expect(emulator.record.count()).toBe(4)
    expect(emulator.record.count({ route: 'signals' })).toBe(3)
    expect(emulator.record.count({ route: 'signals', status: 200 })).toBe(2)
    expect(emulator.record.count({ status: 500 })).toBe(1)
    expect(emulator.record.of('signals').map(({ status }) => status)).toEqual([500, 200, 200])
  })

  test.each([
    { recordRequests: 'all' as const, numbers: [1, 2, 3, 4, 5, 6, 7] },
    { recordRequests: 3, numbers: [5, 6, 7] },
    { recordRequests: 'summary' as const, numbers: [] },
  ])('keeps what recordRequests $recordRequests says, and counts all', async ({ recordRequests, numbers }) => {
    const { emulator, capi, auth } = await start({ recordRequests })
    for (let call = 0; call < 6; call += 1) await capi.post('/signals', [], auth)
    expect(emulator.record.requests.map(({ number }) => number)).toEqual(numbers)
    expect(emulator.record.last()?.number).toBe(numbers.at(-1))
    expect(emulator.record.count({ route: 'signals', status: 200 })).toBe(6)
  })

  test('onRequest is told of each request once it is over, lost ones included', async () => {
    const seen: [string, number | undefined][] = []
    const onRequest = ({ route, status }: RecordedRequest) => void seen.push([route, status])
    const { emulator, capi, auth } = await start({ onRequest })
    emulator.faults.inject({ kind: 'reset' })
    await expect(capi.post('/signals', [], auth)).rejects.toThrow('fetch failed')
    await capi.post('/metrics', {}, auth)
    expect(seen).toEqual([
      ['login', 200],
      ['signals', undefined],
      ['metrics', 200],
    ])
  })
})

describe('reset()', () => {
  test('forgets machines, tokens, signals, requests and faults, and brings back the seeds', async () => {
    const { emulator, capi, auth } = await start({ decisions: 5, ban: { maxLogins: 2 } })
    await capi.post('/watchers', { machine_id: 'c'.repeat(48), password: PASSWORD })
    await capi.post('/signals', [SIGNAL], auth)
    emulator.setDecisions(0)
    emulator.faults.inject({ status: 500 })
    emulator.reset()
    expect([emulator.record.count(), emulator.signals.size, emulator.machines.ids]).toEqual([
      0,
      0,
      Object.keys(MACHINES),
    ])
    expect(await capi.post('/signals', [SIGNAL], auth)).toMatchObject({ status: 401 })
    const fresh = await capi.authorised()
    const { json } = await capi.get('/decisions/stream', fresh)
    const { new: groups } = json as { new: { decisions: unknown[] }[] }
    expect(groups.flatMap(({ decisions }) => decisions)).toHaveLength(5)
    expect(await capi.post('/watchers/login', { machine_id: MACHINE_ID, password: PASSWORD })).toMatchObject({
      status: 200,
    })
  })

  test('a request from before it does not turn up in the counts after it', async () => {
    let release = () => {}
    const sleep = () =>
      new Promise<void>((resolve) => {
        release = resolve
      })
    const { emulator, capi, auth } = await start({ sleep })
    const when = onArrival(() => {
      emulator.reset()
      release()
    })
    emulator.faults.inject({ delayMs: 1, when })
    expect(await capi.post('/signals', [], auth)).toMatchObject({ status: 200 })
    expect(emulator.record.count()).toBe(0)
    expect(emulator.record.count({ status: 200 })).toBe(0)
  })
})

describe('options', () => {
  test('that break a rule are refused all at once, without printing secrets', () => {
    const wrong = {
      latencyMs: -1,
      strict: 'yes',
      decisions: -5,
      machines: { 'no-good': 'hunter2' },
      oops: 1,
    } as unknown as EmulatorOptions
    let caught: unknown
    try {
      createEmulator(wrong)
    } catch (error) {
      caught = error
    }
    const paths = (caught as { issues: { path: string }[] }).issues.map(({ path }) => path)
    expect(paths).toEqual(expect.arrayContaining(['latencyMs', 'strict', 'decisions', 'machines.no-good', 'oops']))
    expect(String(caught)).not.toContain('hunter2')
  })

  test.each([
    [{ decisions: [{ value: '203.0.113.7' }, { value: '' }] }, 'decisions[1].value'],
    [{ blocklists: [{ name: 'x' }] }, 'blocklists[0].values'],
    [{ allowlists: [{ name: 'x', items: [{}] }] }, 'allowlists[0].items[0].value'],
    [{ recordRequests: -1 }, 'recordRequests'],
    [{ tokenLifetimeMs: 0 }, 'tokenLifetimeMs'],
    [{ ban: { maxLogin: 3 } }, 'ban.maxLogin'],
    [{ onRequest: 'log' }, 'onRequest'],
    [{ decisions: 1_000_001 }, 'decisions'],
    [{ latencyMs: 2 ** 31 }, 'latencyMs'],
    [{ tokenLifetimeMs: 1e18 }, 'tokenLifetimeMs'],
    [{ minPasswordLength: 1e9 }, 'minPasswordLength'],
    [{ maxBodyBytes: 1e12 }, 'maxBodyBytes'],
    [{ ban: { banMs: Number.POSITIVE_INFINITY } }, 'ban.banMs'],
    [{ recordRequests: 1e15 }, 'recordRequests'],
    [{ blockedMachines: ['no-good'] }, 'blockedMachines[0]'],
    [null, 'value'],
    [7, 'value'],
    ['strict', 'value'],
  ])('%j is refused at %s', (wrong, path) => {
    expect(() => createEmulator(wrong as unknown as EmulatorOptions)).toThrowError(
      expect.objectContaining({ name: 'InputError', issues: [expect.objectContaining({ path })] }),
    )
  })
})
