import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { CapiClient, type Problem } from '@cscapi/client'
import { MemoryStorage } from '@cscapi/storage'
import { capiExample } from '@cscapi/test-servers/certificates'
import { afterEach, describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, MINUTE_MS, machine, SCENARIO, signalsOf } from './arrange.js'

const ALWAYS = { times: Number.POSITIVE_INFINITY }

const servers: Server[] = []
const sockets = new Set<Socket>()
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

async function portOf(server: Server): Promise<number> {
  servers.push(server)
  server.on('connection', (socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const serve = async (listener: RequestListener) => `http://127.0.0.1:${await portOf(createServer(listener))}/v3`

/** What one run says about a base URL, for two machines with three signals each. */
async function problemsAt(baseUrl: string, fetch?: typeof globalThis.fetch): Promise<readonly Problem[]> {
  const client = new CapiClient({
    storage: new MemoryStorage(),
    scenarios: [SCENARIO],
    environment: { baseUrl },
    timeoutMs: 2_000,
    leaseMs: 5_000,
    ...(fetch && { fetch }),
  })
  await client.addSignals([...signalsOf(machine(1), 3), ...signalsOf(machine(2), 3)])
  const { problems, sent } = await client.sendSignals({ concurrency: 1 })
  expect(sent).toBe(0)
  await client.close()
  return problems
}

describe('a run that could not send says why', () => {
  test('nobody listens there', async () => {
    const server = createTcpServer()
    const port = await portOf(server)
    await new Promise((resolve) => server.close(resolve))
    servers.length = 0
    const problems = await problemsAt(`http://127.0.0.1:${port}/v3`)
    expect(problems).toEqual([
      {
        code: 'network_error',
        message: `POST /watchers got no answer from 127.0.0.1:${port} (connect ECONNREFUSED): nothing takes connections there: check host and port of the base URL; try again later`,
        count: 6,
        machines: 2,
      },
    ])
  })

  test('there is no such host', async () => {
    const unknown = () =>
      Promise.reject(
        new TypeError('fetch failed', {
          cause: Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }),
        }),
      )
    expect(await problemsAt('https://capi.invalid/v3', unknown)).toMatchObject([
      {
        code: 'network_error',
        message: expect.stringMatching(/capi\.invalid \(getaddrinfo ENOTFOUND\): no host of that name/),
      },
    ])
  })

  test('the port is one that fetch never calls', async () => {
    expect(await problemsAt('http://127.0.0.1:6000/v3')).toMatchObject([
      { code: 'network_error', message: expect.stringContaining('(bad port): no fetch calls this port') },
    ])
  })

  test('the certificate is not trusted', async () => {
    const server = createTlsServer(capiExample, (_, response) => response.end())
    const port = await portOf(server)
    expect(await problemsAt(`https://127.0.0.1:${port}/v3`)).toMatchObject([
      { code: 'network_error', message: expect.stringContaining('its certificate is not trusted') },
    ])
  })

  test('what answers speaks no TLS, or no HTTP', async () => {
    const port = await portOf(createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')))
    expect(await problemsAt(`https://127.0.0.1:${port}/v3`)).toMatchObject([
      { code: 'network_error', message: expect.stringContaining('what answers speaks no TLS') },
    ])
    expect(await problemsAt(`http://127.0.0.1:${port}/v3`)).toMatchObject([
      { code: 'network_error', message: expect.stringContaining('what answers speaks no HTTP') },
    ])
  })

  test.each([
    [404, { message: 'no Route matched with those values' }],
    [405, { message: 'Method Not Allowed' }],
    [410, {}],
    [403, { message: 'Missing Authentication Token' }],
  ])('the path is wrong: %i %j', async (status, body) => {
    const url = await serve((_, response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    )
    const problems = await problemsAt(url)
    expect(problems).toMatchObject([{ code: 'not_found', count: 3, machines: 1 }])
    expect(problems[0]?.message).toContain(`there is no CAPI at ${url}`)
  })

  test('a page of HTML answers, or a redirect', async () => {
    const page = await serve((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'))
    expect(await problemsAt(page)).toMatchObject([
      { code: 'unexpected_response', message: expect.stringContaining('a page of HTML: check the base URL') },
    ])
    const moved = await serve((_, response) => response.writeHead(301, { location: '/v4' }).end())
    expect(await problemsAt(moved)).toMatchObject([
      { code: 'unexpected_response', message: expect.stringContaining('redirect (301)') },
    ])
  })
})

describe('one kind of trouble is one problem, whatever the number of machines', () => {
  const FAULTS = {
    forbidden: { kind: 'ban' },
    rate_limited: { kind: 'rate-limit' },
    server_error: { kind: 'server-error' },
    machine_refused: { status: 403, body: { message: 'machine is blocked' } },
    not_found: { status: 404 },
    unauthorized: { kind: 'unauthorized' },
    bad_request: { status: 400, body: { message: 'Malformed' } },
  } as const

  test.each(Object.entries(FAULTS))('%s', async (code, fault) => {
    const { client, emulator } = arrange()
    for (let number = 1; number <= 30; number += 1) await client.addSignals(signalsOf(machine(number), 2))
    emulator.faults.inject({ route: 'signals', ...fault, ...ALWAYS })
    const runs: unknown[] = []
    client.on('sendRun', ({ problems }) => runs.push(problems))
    const { problems } = await client.sendSignals()
    expect(problems.map((problem) => problem.code)).toEqual([code])
    expect(problems[0]?.count).toBeGreaterThanOrEqual(problems[0]?.machines ?? 0)
    expect(problems[0]?.message).toContain('POST /signals on 127.0.0.1:8088')
    expect(runs).toEqual([problems])
  })

  test('dead letters: CAPI’s message, how many, and where to find them', async () => {
    const { client, emulator } = arrange()
    for (let number = 1; number <= 3; number += 1) await client.addSignals(signalsOf(machine(number), 4))
    emulator.faults.inject({ route: 'signals', status: 422, body: { message: 'no such scenario' }, ...ALWAYS })
    const { problems, rejected } = await client.sendSignals()
    expect(rejected).toBe(12)
    expect(problems).toEqual([
      {
        code: 'unprocessable',
        message: expect.stringMatching(/answered 422 "no such scenario": .*client\.rejectedSignals\(\) shows it/),
        count: 12,
        machines: 3,
      },
    ])
  })

  test('a server that words each refusal differently fills no report', async () => {
    const { client, emulator } = arrange()
    const words = (number: number) => String.fromCharCode(97 + (number % 26)).repeat(1 + Math.floor(number / 26))
    for (let number = 1; number <= 40; number += 1) {
      await client.addSignals(signalsOf(machine(number), 2))
      emulator.faults.inject({
        route: 'signals',
        machineId: machine(number),
        status: 400,
        body: { message: `${words(number)} ${'x'.repeat(5_000)}` },
        ...ALWAYS,
      })
    }
    const { problems, rejected } = await client.sendSignals()
    expect(rejected).toBe(80)
    expect(problems.reduce((sum, { count }) => sum + count, 0)).toBe(80)
    expect(problems.length).toBeLessThanOrEqual(21)
    expect(problems.at(-1)).toMatchObject({ code: 'other' })
    expect(JSON.stringify(problems).length).toBeLessThan(15_000)
  })

  test('numbers and ids in CAPI’s words make no kinds', async () => {
    const { client, emulator } = arrange()
    for (let number = 1; number <= 20; number += 1) {
      await client.addSignals(signalsOf(machine(number), 1))
      const message = `signal ${number} of ${machine(number)} (uuid 0191-${number}a) is refused`
      emulator.faults.inject({
        route: 'signals',
        machineId: machine(number),
        status: 400,
        body: { message },
        ...ALWAYS,
      })
    }
    expect((await client.sendSignals()).problems).toMatchObject([{ code: 'bad_request', count: 20, machines: 20 }])
  })
})

describe('what nobody asked CAPI about is told too', () => {
  test('a pause that another process wrote, with its reason and message', async () => {
    const { client, connect, emulator } = arrange()
    await client.addSignals(signalsOf(machine(), 1))
    emulator.faults.inject({ route: 'signals', status: 403, body: { message: 'Your IP is blocked' } })
    await client.sendSignals()
    const { problems, requests } = await connect().sendSignals()
    expect(requests).toBe(0)
    expect(problems).toEqual([
      {
        code: 'forbidden',
        message: expect.stringMatching(/paused \(forbidden: Your IP is blocked\).* for another 63 min/),
        count: 1,
        machines: 0,
      },
    ])
  })

  test('an outage that another process met, with what it met', async () => {
    const { client, connect, emulator } = arrange()
    for (let number = 1; number <= 9; number += 1) await client.addSignals(signalsOf(machine(number), 1))
    emulator.faults.inject({ route: '*', kind: 'reset', ...ALWAYS })
    await client.sendSignals()
    const { problems } = await connect().sendSignals()
    expect(problems).toMatchObject([
      { code: 'outage', message: expect.stringContaining('got no answer from 127.0.0.1:8088') },
    ])
  })

  test('a spent login budget, once for all machines', async () => {
    const { connect } = arrange()
    const client = connect({ loginBudget: { logins: 1, windowMs: HOUR_MS } })
    for (let number = 1; number <= 9; number += 1) await client.addSignals(signalsOf(machine(number), 1))
    const { problems } = await client.sendSignals()
    expect(problems).toMatchObject([{ code: 'login_budget_spent', count: 8, machines: 8 }])
    expect(problems[0]?.message).toMatch(/^A machine was not logged in/)
  })

  test('machines that are failing, once, by what made them fail; and later that they wait', async () => {
    const { client, advance, emulator } = arrange({ machines: { [machine(1)]: 'x', [machine(2)]: 'y' } })
    for (let number = 1; number <= 3; number += 1) await client.addSignals(signalsOf(machine(number), 2))
    expect(await client.sendSignals()).toMatchObject({
      sent: 2,
      failing: 2,
      problems: [{ code: 'machine_id_taken', count: 4, machines: 2 }],
    })
    advance(MINUTE_MS)
    const later = await client.sendSignals()
    expect(later).toMatchObject({ sent: 0, problems: [{ code: 'not_due', count: 4, machines: 0 }] })
    expect(emulator.machines.logins()).toBe(1)
  })

  test('a metrics call that fails after everything was sent', async () => {
    const { client, emulator } = arrange()
    await client.addSignals(signalsOf(machine(), 1))
    emulator.faults.inject({ route: 'metrics', status: 404 })
    expect(await client.sendSignals()).toMatchObject({
      sent: 1,
      problems: [{ code: 'not_found', count: 1, machines: 1 }],
    })
  })

  test('a run that went well has none', async () => {
    const { client } = arrange()
    await client.addSignals(signalsOf(machine(), 10))
    expect((await client.sendSignals()).problems).toEqual([])
    expect((await client.sendSignals()).problems).toEqual([])
  })
})

test('no problem shows a machine’s id, a password or a token', async () => {
  const { client, emulator, storage } = arrange()
  const secrets: string[] = []
  for (let number = 1; number <= 12; number += 1) {
    await client.addSignals(signalsOf(machine(number), 1))
    await storage.createMachine({ machineId: machine(number), password: `password-${number}` })
    secrets.push(machine(number), `password-${number}`)
    const route = number % 2 === 0 ? 'signals' : 'login'
    const secret = route === 'login' ? `password-${number}` : ''
    const echo = { message: `${machine(number)} ${secret} is wrong` }
    emulator.faults.inject({ route, machineId: machine(number), status: 400 + number, body: echo, ...ALWAYS })
  }
  const { problems } = await client.sendSignals()
  expect(problems.length).toBeGreaterThan(3)
  for (const secret of secrets) expect(JSON.stringify(problems)).not.toContain(secret)
})

test('the report of an aborted run has them', async () => {
  const { connect, emulator } = arrange()
  const client = connect()
  const controller = new AbortController()
  for (let number = 1; number <= 3; number += 1) await client.addSignals(signalsOf(machine(number), 1))
  emulator.faults.inject({ route: 'login', kind: 'server-error', ...ALWAYS })
  const run = client.sendSignals({ concurrency: 1, signal: controller.signal, onProgress: () => controller.abort() })
  await expect(run).rejects.toMatchObject({
    code: 'aborted',
    report: { problems: [{ code: 'server_error', count: 1 }] },
  })
})

test('a logger gets them once a run, as a warning', async () => {
  const { connect, emulator } = arrange()
  const warnings: unknown[] = []
  const silent = () => undefined
  const logger = {
    debug: silent,
    info: silent,
    error: silent,
    warn: (facts: object, text: string) => warnings.push([text, facts]),
  }
  const client = connect({ logger })
  for (let number = 1; number <= 3; number += 1) await client.addSignals(signalsOf(machine(number), 1))
  await client.sendSignals()
  expect(warnings).toEqual([])
  for (let number = 1; number <= 3; number += 1) await client.addSignals(signalsOf(machine(number), 1))
  emulator.faults.inject({ route: 'signals', kind: 'server-error', ...ALWAYS })
  const { problems } = await client.sendSignals()
  expect(warnings).toEqual([['cscapi: not everything was sent', { event: 'sendRun', problems }]])
})
