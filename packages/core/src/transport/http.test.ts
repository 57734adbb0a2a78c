import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { selfSigned } from '@cscapi/test-servers/certificates'
import { afterEach, describe, expect, test } from 'vitest'
import { everyCall, KEY, PASSWORD, SENT, TOKEN } from '../../test/every-call.js'
import { type CapiRequestEvent, createCapi } from '../index.js'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v3`
}

const answering = (
  status: number,
  body = '',
  headers: Record<string, string> = { 'content-type': 'application/json' },
) => serve((_, response) => response.writeHead(status, headers).end(body))

const connect = (baseUrl: string, options = {}) =>
  createCapi({ environment: { baseUrl }, timeoutMs: 60_000, ...options })

const calls = (baseUrl: string, options = {}) => everyCall(connect(baseUrl, options))

const failureOf = (call: () => Promise<unknown>) =>
  call().then(
    () => undefined,
    (error: unknown) => error,
  )

describe('what goes out', () => {
  test('only calls that need it carry the token, and all say who they are', async () => {
    const seen: { url: string | undefined; authorization: string | undefined; agent: string | undefined }[] = []
    const url = await serve((request, response) => {
      seen.push({
        url: request.url,
        authorization: request.headers.authorization,
        agent: request.headers['user-agent'],
      })
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"token":"t","message":"OK"}')
    })
    for (const call of calls(url, { userAgentPrefix: 'acme' })) await call()
    expect(seen.map((request) => request.url)).toEqual([
      '/v3/watchers',
      '/v3/watchers/login',
      '/v3/signals',
      '/v3/decisions/stream',
      '/v3/watchers/enroll',
      '/v3/metrics',
    ])
    expect(seen.map(({ authorization }) => authorization)).toEqual([
      undefined,
      undefined,
      ...Array(4).fill(`Bearer ${TOKEN}`),
    ])
    for (const { agent } of seen) expect(agent).toMatch(/^acme-cscapi-ts\/\d/)
  })

  test('a body goes out whole, with its length, not in chunks', async () => {
    const seen: (string | undefined)[] = []
    const url = await serve((request, response) => {
      seen.push(request.headers['content-length'], request.headers['transfer-encoding'])
      response.end('{}')
    })
    await connect(url).pushSignals({ token: TOKEN, payloads: ['{"é":1}', '{}'] })
    await connect(url, { gzip: true }).pushSignals({ token: TOKEN, payloads: [`"${'x'.repeat(6_000)}"`] })
    expect(seen).toEqual(['13', undefined, expect.stringMatching(/^\d{2}$/), undefined])
  })

  test('each call is told about once it ended, without secrets', async () => {
    const events: CapiRequestEvent[] = []
    const url = await answering(503)
    for (const call of calls(url, { onRequest: (event: CapiRequestEvent) => events.push(event) })) await failureOf(call)
    expect(events.map(({ endpoint, status }) => `${endpoint} ${status}`)).toEqual([
      'register 503',
      'login 503',
      'signals 503',
      'decisions 503',
      'enroll 503',
      'metrics 503',
    ])
    expect(JSON.stringify(events)).not.toContain(TOKEN)
  })
})

describe('what an answer becomes', () => {
  test.each([
    [400, 'bad_request', false],
    [401, 'unauthorized', false],
    [403, 'forbidden', true],
    [404, 'not_found', false],
    [405, 'not_found', false],
    [410, 'not_found', false],
    [408, 'request_timeout', true],
    [413, 'too_large', false],
    [418, 'unexpected_status', false],
    [422, 'unprocessable', false],
    [425, 'too_early', true],
    [429, 'rate_limited', true],
    [500, 'server_error', true],
    [503, 'server_error', true],
  ])('%i is %s', async (status, code, retryable) => {
    const url = await answering(status, '{"message":"what CAPI says","errors":"[more]"}', { 'retry-after': '7' })
    const failure = await failureOf(() => connect(url).pushSignals({ token: TOKEN, payloads: [] }))
    expect(failure).toMatchObject({
      code,
      retryable,
      status,
      serverMessage: 'what CAPI says: [more]',
      retryAfterMs: 7_000,
      endpoint: 'POST /signals',
    })
    expect(String(failure)).toContain('127.0.0.1')
  })

  test('blanks and tabs around a Retry-After are no part of it', async () => {
    for (const value of ['7 ', '7\t', ' \t7']) {
      const url = await answering(503, '{}', { 'retry-after': value })
      const failure = await failureOf(() => connect(url).pushSignals({ token: TOKEN, payloads: [] }))
      expect(failure, JSON.stringify(value)).toMatchObject({ retryAfterMs: 7_000 })
    }
  })

  test('the three kinds of 403 are told apart', async () => {
    const login = connect(await answering(403, '{"message":"The machine_id or password is incorrect"}'))
    await expect(login.login({ machineId: 'm', password: PASSWORD, scenarios: [] })).rejects.toMatchObject({
      code: 'credentials_refused',
    })
    const enroll = connect(await answering(403, '{"message":"the attachment key provided is not valid"}'))
    await expect(enroll.enroll({ token: TOKEN, attachmentKey: KEY })).rejects.toMatchObject({
      code: 'attachment_key_refused',
    })
    for (const call of calls(await answering(403, '{"message":"Forbidden"}')))
      expect(await failureOf(call)).toMatchObject({ code: 'forbidden' })
  })

  test('a refusal is told by all of its words, though some stand in a secret and are hidden', async () => {
    const said = 'machine_id or password is incorrect'
    const login = connect(await answering(403, JSON.stringify({ message: said })))
    const refused = await failureOf(() => login.login({ machineId: 'm', password: said, scenarios: [] }))
    expect(refused).toMatchObject({ code: 'credentials_refused', serverMessage: '[redacted]' })

    const known = 'User already registered'
    const register = connect(await answering(500, JSON.stringify({ message: known })))
    const registered = await failureOf(() => register.register({ machineId: 'm', password: known }))
    expect(registered).toMatchObject({ code: 'already_registered', serverMessage: '[redacted]' })

    const blocked = 'Your address is blocked'
    const signals = connect(await answering(403, JSON.stringify({ message: blocked })))
    const banned = await failureOf(() => signals.pushSignals({ token: blocked, payloads: [] }))
    expect(banned).toMatchObject({ code: 'forbidden', givesReason: false, serverMessage: '[redacted]' })

    const enrolled = 'alreadyenrolled'
    const enroll = connect(await answering(200, '{"message":"already enrolled: alreadyenrolled"}'))
    expect(await enroll.enroll({ token: TOKEN, attachmentKey: enrolled })).toEqual({
      status: 'already-enrolled',
      message: 'already enrolled: [redacted]',
    })
  })

  test('a 403 says whether it gives a reason that is not about the address', async () => {
    const failing = async (message: string) => {
      const capi = connect(await answering(403, JSON.stringify({ message })))
      return failureOf(() => capi.pushSignals({ token: TOKEN, payloads: [] }))
    }
    expect(await failing('Access denied for scenario')).toMatchObject({ code: 'forbidden', givesReason: true })
    expect(await failing('Forbidden')).toMatchObject({ code: 'forbidden', givesReason: false })
  })

  test('an id that CAPI knows is told from a server in trouble', async () => {
    const register = async (status: number, message: string) =>
      failureOf(async () =>
        connect(await answering(status, JSON.stringify({ message }))).register({ machineId: 'm', password: PASSWORD }),
      )
    expect(await register(500, 'User already registered.')).toMatchObject({ code: 'already_registered' })
    expect(await register(409, 'conflict')).toMatchObject({ code: 'already_registered' })
    expect(await register(500, 'Internal')).toMatchObject({ code: 'server_error' })
  })

  test.each([200, 201, 400, 401, 403, 404, 405, 409, 410, 418, 422, 500, 502, 503])(
    'that an id is registered already is known whatever the status: %i',
    async (status) => {
      const capi = connect(await answering(status, '{"message":"User already registered."}'))
      const failure = await failureOf(() => capi.register({ machineId: 'm', password: PASSWORD }))
      expect(failure).toMatchObject({ code: 'already_registered', status })
    },
  )

  test('a rate limit stays one, whatever it says', async () => {
    const capi = connect(await answering(429, '{"message":"User already registered."}'))
    await expect(capi.register({ machineId: 'm', password: PASSWORD })).rejects.toMatchObject({ code: 'rate_limited' })
  })

  test('an address without a CAPI is told with its URL and what is likely missing, on every endpoint', async () => {
    const url = await answering(404, '{"message":"no Route matched"}')
    for (const call of calls(url)) {
      const failure = await failureOf(call)
      expect(failure).toMatchObject({ code: 'not_found', retryable: false })
      expect(String(failure)).toContain(url)
    }
    const bare = await answering(404, '')
    const failure = await failureOf(() => connect(new URL(bare).origin).pushSignals({ token: TOKEN, payloads: [] }))
    expect(String(failure)).toContain('it has no version path, such as /v3')
    for (const call of calls(await answering(403, '{"message":"Missing Authentication Token"}')))
      expect(await failureOf(call)).toMatchObject({ code: 'not_found' })
  })

  test('a redirect is told with the base URL, and not followed', async () => {
    const url = await answering(302, '', { location: 'https://elsewhere.example.com/' })
    for (const call of calls(url)) {
      const failure = await failureOf(call)
      expect(failure).toMatchObject({ code: 'unexpected_response' })
      expect(String(failure)).toContain(`check the base URL ${url}`)
    }
  })

  test('the gateway’s own spelling of a message is read', async () => {
    const capi = connect(await answering(403, '{"Message":"User is not authorized to access this resource"}'))
    await expect(capi.pushSignals({ token: TOKEN, payloads: [] })).rejects.toMatchObject({
      code: 'forbidden',
      serverMessage: 'User is not authorized to access this resource',
    })
  })

  test('a page of HTML, a login without token and a truncated stream are unexpected, not data', async () => {
    const html = await answering(200, '<html>', { 'content-type': 'text/html; charset=utf-8' })
    for (const call of calls(html))
      expect(await failureOf(call)).toMatchObject({ code: 'unexpected_response', retryable: true })
    const text = connect(await answering(200, '{"new": [{"scen', {}))
    await expect(text.pullDecisions({ token: TOKEN })).rejects.toMatchObject({ code: 'unexpected_response' })
    await expect(text.login({ machineId: 'm', password: PASSWORD, scenarios: [] })).rejects.toMatchObject({
      code: 'unexpected_response',
    })
  })

  test('any 2xx is a success where no body is needed, and an empty stream is nothing', async () => {
    const [register, , signals, decisions, enroll, metrics] = calls(await answering(204))
    for (const call of [register, signals, enroll, metrics])
      expect(await failureOf(call ?? (async () => {}))).toBeUndefined()
    expect(await decisions?.()).toMatchObject({ new: [], deleted: [] })
  })
})

describe('trouble on the way', () => {
  test('a redirect is never followed: the other host sees neither password nor token', async () => {
    const seen: unknown[] = []
    const other = await serve((request, response) => {
      seen.push(request.url)
      response.end()
    })
    for (const status of [301, 302, 307, 308]) {
      for (const call of calls(await answering(status, '', { location: `${other}/watchers/login` }))) {
        expect(await failureOf(call)).toMatchObject({ code: 'unexpected_response' })
      }
    }
    expect(seen).toEqual([])
  })

  test('a refused connection and one that is cut are network errors', async () => {
    const url = await serve((request) => request.socket.destroy())
    for (const call of calls(url))
      expect(await failureOf(call)).toMatchObject({ code: 'network_error', retryable: true })
    const gone = await answering(200)
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
    for (const call of calls(gone)) expect(String(await failureOf(call))).toContain('ECONNREFUSED')
  })

  test('a server whose certificate nobody vouches for gets nothing', async () => {
    const seen: string[] = []
    const server = createTlsServer(selfSigned, (request, response) => {
      seen.push(String(request.url))
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    for (const call of calls(`https://127.0.0.1:${port}/v3`))
      expect(await failureOf(call)).toMatchObject({ code: 'network_error' })
    expect(seen).toEqual([])
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  test('no answer in time is a timeout, also when the answer drips in', async () => {
    const silent = await serve(() => {})
    const dripping = await serve((_, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write(' '), 5)
      response.once('close', () => clearInterval(timer))
    })
    for (const url of [silent, dripping]) {
      for (const call of calls(url, { timeoutMs: 60 }))
        expect(await failureOf(call)).toMatchObject({ code: 'timeout', retryable: true })
    }
  })

  test('a status that refuses counts, whatever becomes of its body: endless, too long or cut', async () => {
    const bodies: RequestListener[] = [
      (_, response) => {
        response.writeHead(403, { 'retry-after': '9' })
        const timer = setInterval(() => response.write(' '), 5)
        response.once('close', () => clearInterval(timer))
      },
      (_, response) => response.writeHead(403, { 'retry-after': '9' }).end('x'.repeat(2_000_000)),
      (_, response) => {
        response.writeHead(403, { 'retry-after': '9', 'content-length': '100' })
        response.write('{"mess', () => response.destroy())
      },
    ]
    for (const body of bodies) {
      const failures = await Promise.all(calls(await serve(body), { timeoutMs: 5_000 }).map(failureOf))
      for (const failure of failures)
        expect(failure).toMatchObject({ code: 'forbidden', status: 403, retryAfterMs: 9_000 })
    }
  })

  test('an abort ends a call at once, before and during it', async () => {
    const url = await serve(() => {})
    const stop = new AbortController()
    const call = connect(url).pushSignals({ token: TOKEN, payloads: [] }, { signal: stop.signal })
    stop.abort()
    await expect(call).rejects.toMatchObject({ code: 'aborted' })
    await expect(connect(url).pullDecisions({ token: TOKEN }, { signal: stop.signal })).rejects.toMatchObject({
      code: 'aborted',
    })
  })

  /** A stream without an end whose next part is always there: only the reader itself can stop. */
  const endless = () => {
    const parts = [Buffer.from('{"unknown":['), Buffer.from('0,'.repeat(50_000))]
    const told = { cancelled: false }
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(parts.length > 1 ? parts.shift() : parts[0]),
      cancel: () => {
        told.cancelled = true
      },
    })
    return { told, fetch: async () => new Response(body) }
  }

  test('a stream that comes without an end is given up in time, between two pieces, and read no further', async () => {
    const { told, fetch } = endless()
    const call = connect('http://127.0.0.1:1/v3', { fetch, timeoutMs: 60 }).pullDecisions({ token: TOKEN })
    await expect(call).rejects.toMatchObject({ code: 'timeout', retryable: true })
    await expect.poll(() => told.cancelled).toBe(true)
  })

  test('an abort ends the reading of a stream between two pieces', async () => {
    const { told, fetch } = endless()
    const stop = new AbortController()
    const call = connect('http://127.0.0.1:1/v3', { fetch }).pullDecisions({ token: TOKEN }, { signal: stop.signal })
    setImmediate(() => setImmediate(() => stop.abort()))
    await expect(call).rejects.toMatchObject({ code: 'aborted' })
    await expect.poll(() => told.cancelled).toBe(true)
  })

  test('a stream longer than 256 MiB is refused', async () => {
    const blank = Buffer.alloc(15 * 1_048_576, ' ')
    const chunks = Array.from({ length: 18 }, () => [Buffer.from('"a":0,'), blank]).flat()
    const body = ReadableStream.from([Buffer.from('{'), ...chunks])
    const call = connect('http://127.0.0.1:1/v3', { fetch: async () => new Response(body), timeoutMs: 300_000 })
    await expect(call.pullDecisions({ token: TOKEN })).rejects.toMatchObject({
      code: 'unexpected_response',
      message: expect.stringContaining('268435456 bytes'),
    })
  })

  test('an answer of levels upon levels is what its status says, whoever would print it', async () => {
    const errors = `${'['.repeat(30_000)}${']'.repeat(30_000)}`
    for (const text of [`{"message":"m","errors":${errors}}`, '['.repeat(1_000_000)]) {
      for (const call of calls(await answering(429, text)))
        expect(await failureOf(call)).toMatchObject({ code: 'rate_limited', status: 429 })
    }
  })

  test('an answer is cut off at 1 MiB, counted after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1_048_576, 'a'))
    const url = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb))
    const [register, login, signals] = calls(url)
    for (const call of [register, login, signals]) {
      expect(await failureOf(call ?? (async () => {}))).toMatchObject({
        code: 'unexpected_response',
        message: expect.stringContaining('1048576 bytes'),
      })
    }
  })
})

describe('secrets', () => {
  test('no error shows one at any depth, even when the server repeats them', async () => {
    const parrot = JSON.stringify({ message: `${PASSWORD} ${TOKEN} ${KEY}`, errors: `[${PASSWORD}]` })
    const urls = [
      ...(await Promise.all([400, 401, 403, 429, 500].map((status) => answering(status, parrot)))),
      await answering(200, `<html>${TOKEN}`, { 'content-type': 'text/html' }),
      await answering(302, '', { location: 'http://127.0.0.1:1/' }),
      await serve((request) => request.socket.destroy()),
      await serve(() => {}),
    ]
    for (const url of urls) {
      for (const [index, call] of calls(url, { timeoutMs: 50 }).entries()) {
        const failure = await failureOf(call)
        const printed = `${inspect(failure, { depth: Number.POSITIVE_INFINITY, showHidden: true })} ${JSON.stringify(failure)} ${String(failure)}`
        for (const secret of SENT[index] ?? []) expect(printed, String(failure)).not.toContain(secret)
      }
    }
  })
})
