import { once } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  createEmulator,
  type Emulator,
  type EmulatorOptions,
  type Fault,
  type ListeningEmulator,
} from '../src/index.js'
import { Caller, MACHINE_ID, MACHINES, OTHER_MACHINE_ID, onArrival, SIGNAL } from './caller.js'

let server: ListeningEmulator | undefined
afterEach(() => server?.close())

describe.each(['in process', 'over HTTP'])('a fault %s', (transport) => {
  async function start(options: EmulatorOptions = {}) {
    const waits: number[] = []
    const sleep = async (ms: number) => void waits.push(ms)
    const emulator = createEmulator({ machines: MACHINES, sleep, ...options })
    server = transport === 'over HTTP' ? await emulator.listen() : undefined
    const capi = server ? Caller.over(server) : Caller.inProcess(emulator)
    return { emulator, capi, waits, auth: await capi.authorised() }
  }

  test.each<[string, Fault, number, unknown]>([
    ['unauthorized', { kind: 'unauthorized' }, 401, { message: 'Unauthorized' }],
    ['expired-token', { kind: 'expired-token' }, 401, { message: 'The incoming token has expired' }],
    ['ban', { kind: 'ban' }, 403, { message: 'Forbidden' }],
    ['bad-credentials', { kind: 'bad-credentials' }, 403, { message: 'The machine_id or password is incorrect' }],
    [
      'bad-attachment-key',
      { kind: 'bad-attachment-key' },
      403,
      { message: 'the attachment key provided is not valid' },
    ],
    ['machine-blocked', { kind: 'machine-blocked' }, 403, { message: 'machine is blocked' }],
    ['already-registered', { kind: 'already-registered' }, 500, { message: 'User already registered.' }],
    ['a ban without a word', { kind: 'ban', body: '' }, 403, ''],
    ['too-large', { kind: 'too-large' }, 413, { message: 'Request Too Long' }],
    ['rate-limit', { kind: 'rate-limit' }, 429, { message: 'Too Many Requests' }],
    ['server-error', { kind: 'server-error' }, 500, { message: 'Internal server error' }],
    ['unavailable', { kind: 'unavailable' }, 503, { message: 'Service Unavailable' }],
    ['a status', { status: 422 }, 422, { message: 'Fault injected: 422' }],
    [
      'a status and a body',
      { status: 400, body: { message: 'no', errors: '[x]' } },
      400,
      { message: 'no', errors: '[x]' },
    ],
    ['a status without body', { status: 204 }, 204, ''],
  ])('answers %s without taking the signals', async (_name, fault, status, json) => {
    const { emulator, capi, auth } = await start()
    emulator.faults.inject({ route: 'signals', ...fault })
    expect(await capi.post('/signals', [SIGNAL], auth)).toMatchObject({ status, json })
    expect(emulator.signals.total).toBe(0)
    expect(emulator.record.last()).toMatchObject({ status, fault: fault.kind ?? String(fault.status) })
    expect(await capi.post('/signals', [SIGNAL], auth)).toMatchObject({ status: 200 })
  })

  test('html answers 502, or any other status, as a page', async () => {
    const { emulator, capi, auth } = await start()
    emulator.faults.inject({ kind: 'html' })
    emulator.faults.inject({ kind: 'html', status: 200 })
    for (const status of [502, 200]) {
      const page = await capi.post('/signals', [], auth)
      expect(page.status).toBe(status)
      expect(page.headers.get('content-type')).toBe('text/html')
      expect(page.json).toContain('<h1>502 Bad Gateway</h1>')
    }
  })

  test('rate-limit says when to come back only if told so', async () => {
    const { emulator, capi, auth } = await start()
    emulator.faults.inject({ kind: 'rate-limit' })
    emulator.faults.inject({ kind: 'rate-limit', retryAfter: 30 })
    emulator.faults.inject({ kind: 'unavailable', retryAfter: 'Tue, 24 Nov 2026 12:00:00 GMT' })
    const headers = [
      await capi.post('/signals', [], auth),
      await capi.post('/signals', [], auth),
      await capi.post('/signals', [], auth),
    ]
    expect(headers.map((reply) => reply.headers.get('retry-after'))).toEqual([
      null,
      '30',
      'Tue, 24 Nov 2026 12:00:00 GMT',
    ])
  })

  test('reset loses the connection before the server takes anything; reset-after when it has', async () => {
    const { emulator, capi, auth } = await start()
    emulator.faults.inject({ kind: 'reset' })
    await expect(capi.post('/signals', [SIGNAL], auth)).rejects.toMatchObject({
      name: 'TypeError',
      cause: { code: 'ECONNRESET' },
    })
    expect(emulator.signals.total).toBe(0)
    emulator.faults.inject({ kind: 'reset-after' })
    await expect(capi.post('/signals', [SIGNAL], auth)).rejects.toMatchObject({
      name: 'TypeError',
      cause: { code: 'ECONNRESET' },
    })
    expect(emulator.signals.get(SIGNAL.uuid)?.count).toBe(1)
    expect(emulator.record.of('signals').map(({ status, fault }) => [status, fault])).toEqual([
      [undefined, 'reset'],
      [undefined, 'reset-after'],
    ])
  })

  test('cut loses the connection in the middle of the body, after the server took the request', async () => {
    const { emulator, capi, auth } = await start()
    emulator.faults.inject({ kind: 'cut' })
    const response = await capi.fetch('/signals', {
      method: 'POST',
      body: JSON.stringify([SIGNAL]),
      headers: auth.headers,
    })
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toMatchObject({ name: 'TypeError', message: 'terminated' })
    expect(emulator.signals.total).toBe(1)
  })

  test('truncated sends half of the JSON as if it were all', async () => {
    const { emulator, capi, auth } = await start()
    emulator.faults.inject({ kind: 'truncated' })
    const response = await capi.fetch('/signals', { method: 'POST', body: '[]', headers: auth.headers })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('{"messag')
  })

  test('drip sends the body in pieces, with a wait between them', async () => {
    const { emulator, capi, auth, waits } = await start()
    emulator.faults.inject({ kind: 'drip', pieceBytes: 5, delayMs: 700 })
    expect(await capi.post('/signals', [SIGNAL], auth)).toMatchObject({ status: 200, json: { message: 'OK' } })
    expect(waits).toEqual([700, 700, 700])
    expect(emulator.signals.total).toBe(1)
  })

  test('drip ends quietly when the caller gives up in the middle', async () => {
    const printed = vi.spyOn(console, 'error')
    const giveUp = new AbortController()
    const sleep = async (_ms: number, signal?: AbortSignal) => {
      giveUp.abort(new Error('no patience'))
      if (!signal?.aborted) await once(signal!, 'abort')
      throw signal!.reason
    }
    const { emulator, capi, auth } = await start({ sleep })
    emulator.faults.inject({ kind: 'drip' })
    const post = capi.post('/signals', [SIGNAL], { ...auth, signal: giveUp.signal })
    await expect(post).rejects.toThrow('no patience')
    expect(await capi.post('/signals', [SIGNAL], auth)).toMatchObject({ status: 200 })
    expect(printed).not.toHaveBeenCalled()
  })

  test('hang never answers; the caller gives up', async () => {
    const { emulator, capi, auth } = await start()
    const giveUp = new AbortController()
    emulator.faults.inject({ kind: 'hang', when: onArrival(() => giveUp.abort(new Error('no patience'))) })
    const hanging = capi.post('/signals', [SIGNAL], { ...auth, signal: giveUp.signal })
    await expect(hanging).rejects.toThrow('no patience')
    expect(emulator.signals.total).toBe(0)
    expect(emulator.record.last('signals')?.status).toBeUndefined()
  })

  test('delayMs alone holds back the normal answer, on top of latencyMs', async () => {
    const { emulator, capi, auth, waits } = await start({ latencyMs: 5 })
    emulator.faults.inject({ delayMs: 100 })
    expect(await capi.post('/signals', [SIGNAL], auth)).toMatchObject({ status: 200 })
    expect(waits).toEqual([5, 105])
    expect(emulator.record.last()?.fault).toBe('altered')
  })

  test('with a body or headers alone alters the normal answer', async () => {
    const { emulator, capi, auth } = await start()
    emulator.faults.inject({ route: 'signals', body: '{}', headers: { 'X-Amzn-Requestid': '7' } })
    const altered = await capi.post('/signals', [SIGNAL], auth)
    expect(altered).toMatchObject({ status: 200, json: {} })
    expect(altered.headers.get('x-amzn-requestid')).toBe('7')
    expect(emulator.signals.total).toBe(1)
  })

  test('with processed: true goes wrong after the server did its work', async () => {
    const { emulator, capi, auth } = await start()
    emulator.faults.inject({ status: 504, processed: true })
    expect(await capi.post('/signals', [SIGNAL], auth)).toMatchObject({ status: 504 })
    expect(emulator.signals.total).toBe(1)
  })

  test('hits exactly as many of many concurrent calls as it should', async () => {
    const { emulator, capi, auth } = await start()
    const fault = emulator.faults.inject({ route: 'signals', status: 500, times: 7 })
    const replies = await Promise.all(Array.from({ length: 40 }, () => capi.post('/signals', [SIGNAL], auth)))
    expect(replies.filter(({ status }) => status === 500)).toHaveLength(7)
    expect(fault).toMatchObject({ hits: 7, matched: 7, remaining: 0 })
    expect(emulator.signals.total).toBe(33)
  })
})

describe('which calls a fault hits', () => {
  async function statuses(emulator: Emulator, calls: number, machineId = MACHINE_ID): Promise<number[]> {
    const capi = Caller.inProcess(emulator)
    const auth = await capi.authorised(machineId)
    const seen: number[] = []
    for (let call = 0; call < calls; call += 1) seen.push((await capi.post('/signals', [], auth)).status)
    return seen
  }

  test('the next one, once, by default', async () => {
    const emulator = createEmulator({ machines: MACHINES })
    emulator.faults.inject({ route: 'signals', status: 500 })
    expect(await statuses(emulator, 3)).toEqual([500, 200, 200])
  })

  test('after skip calls, each every-th, times times', async () => {
    const emulator = createEmulator({ machines: MACHINES })
    emulator.faults.inject({ route: 'signals', status: 500, skip: 1, every: 2, times: 2 })
    expect(await statuses(emulator, 7)).toEqual([200, 200, 500, 200, 500, 200, 200])
  })

  test('all of them with times: Infinity, until it is removed', async () => {
    const emulator = createEmulator({ machines: MACHINES })
    const fault = emulator.faults.inject({
      route: ['signals', 'metrics'],
      status: 500,
      times: Number.POSITIVE_INFINITY,
    })
    expect(await statuses(emulator, 3)).toEqual([500, 500, 500])
    expect(fault).toMatchObject({ hits: 3, remaining: Number.POSITIVE_INFINITY })
    fault.remove()
    expect(await statuses(emulator, 2)).toEqual([200, 200])
  })

  test('with a probability, and the same ones for the same seed', async () => {
    const run = (seed: number) => {
      const emulator = createEmulator({ machines: MACHINES, seed })
      emulator.faults.inject({ route: 'signals', status: 500, probability: 0.5, times: Number.POSITIVE_INFINITY })
      return statuses(emulator, 40)
    }
    const first = await run(7)
    expect(new Set(first)).toEqual(new Set([200, 500]))
    expect(await run(7)).toEqual(first)
    expect(await run(8)).not.toEqual(first)
  })

  test('those of one machine, on every route', async () => {
    const emulator = createEmulator({ machines: MACHINES })
    emulator.faults.inject({ machineId: OTHER_MACHINE_ID, route: 'signals', status: 500 })
    expect(await statuses(emulator, 1, MACHINE_ID)).toEqual([200])
    expect(await statuses(emulator, 1, OTHER_MACHINE_ID)).toEqual([500])
    emulator.faults.inject({ machineId: OTHER_MACHINE_ID, status: 503 })
    const login = { machine_id: OTHER_MACHINE_ID, password: 'wrong' }
    expect(await Caller.inProcess(emulator).post('/watchers/login', login)).toMatchObject({ status: 503 })
  })

  test('those for which when says yes; it sees the decoded body', async () => {
    const emulator = createEmulator({ machines: MACHINES })
    emulator.faults.inject({ status: 413, times: 9, when: ({ body }) => Array.isArray(body) && body.length > 1 })
    const capi = Caller.inProcess(emulator)
    const auth = await capi.authorised()
    expect(await capi.post('/signals', [SIGNAL, SIGNAL], auth)).toMatchObject({ status: 413 })
    expect(await capi.post('/signals', [SIGNAL], auth)).toMatchObject({ status: 200 })
  })

  test('in the order of injection, one fault per call', async () => {
    const emulator = createEmulator({ machines: MACHINES })
    const [first, second] = [
      emulator.faults.inject({ route: 'signals', status: 500 }),
      emulator.faults.inject({ route: 'signals', status: 503 }),
    ]
    expect(await statuses(emulator, 3)).toEqual([500, 503, 200])
    expect([first.hits, second.hits]).toEqual([1, 1])
  })

  test('none any more after clear()', async () => {
    const emulator = createEmulator({ machines: MACHINES })
    emulator.faults.inject({ route: 'signals', status: 500 })
    emulator.faults.clear()
    expect(await statuses(emulator, 1)).toEqual([200])
  })

  test('a fault on a blocklist leaves CAPI itself alone', async () => {
    const emulator = createEmulator({ machines: MACHINES, blocklists: [{ name: 'list', values: ['203.0.113.1'] }] })
    emulator.faults.inject({ route: 'blocklist', status: 403 })
    const capi = Caller.inProcess(emulator)
    const { json } = await capi.get('/decisions/stream', await capi.authorised())
    const { links } = json as { links: { blocklists: { url: string }[] } }
    expect(await capi.get(links.blocklists[0]!.url)).toMatchObject({ status: 403 })
    expect(await capi.get(links.blocklists[0]!.url)).toMatchObject({ status: 200 })
  })

  test.each<[unknown, string]>([
    [undefined, 'value'],
    [null, 'value'],
    ['ban', 'value'],
    [{ kindd: 'ban' }, 'kindd'],
    [{ body: 5n }, 'body'],
    [{ body: () => 'x' }, 'body'],
    [{ headers: { 'no name': 'x' } }, 'headers.no name'],
    [{ headers: { name: 'line\nfeed' } }, 'headers.name'],
    [{ status: 429, retryAfter: 'snow\u2603' }, 'retryAfter'],
    [{ delayMs: 2 ** 31 }, 'delayMs'],
  ])('%o is refused at once, at %s', (wrong, path) => {
    expect(() => createEmulator().faults.inject(wrong as Fault)).toThrowError(
      expect.objectContaining({ name: 'InputError', issues: [expect.objectContaining({ path })] }),
    )
  })

  test('a fault that makes no sense is refused, with every reason at once', () => {
    const emulator = createEmulator()
    const wrong = { route: 'heartbeat', times: 0, status: 99, oops: 1 } as unknown as Fault
    expect(() => emulator.faults.inject(wrong)).toThrowError(
      expect.objectContaining({
        name: 'InputError',
        code: 'invalid_input',
        issues: expect.arrayContaining([
          expect.objectContaining({ path: 'route', value: '"heartbeat"' }),
          expect.objectContaining({ path: 'times', value: '0' }),
          expect.objectContaining({ path: 'status', value: '99' }),
        ]),
      }),
    )
  })
})
