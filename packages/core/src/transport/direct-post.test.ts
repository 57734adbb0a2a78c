import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { Agent, getGlobalDispatcher, MockAgent, setGlobalDispatcher } from 'undici'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createCapi } from '../index.js'

const servers: Server[] = []
afterEach(async () => {
  vi.unstubAllGlobals()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** CAPI's answers to a POST of signals, and the sockets that they went over. */
async function serve(listener: RequestListener) {
  const sockets = new Set<unknown>()
  const server = createServer((request, response) => {
    sockets.add(request.socket)
    request.resume().on('end', () => listener(request, response))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const capi = createCapi({ environment: { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v3` } })
  const push = (signal?: AbortSignal) => capi.pushSignals({ token: 't', payloads: ['{}'] }, { signal })
  /** The second goes directly. */
  const pushTwice = () =>
    push().then(
      () => push(),
      () => push(),
    )
  return { sockets, push, pushTwice }
}

const refused = '{"message":"no such scenario"}'

describe('a POST of signals', () => {
  test('uses the connection of the one before, but for the first, which fetch makes', async () => {
    const { push, sockets } = await serve((_, response) => response.end('{"message":"OK"}'))
    for (let sent = 0; sent < 5; sent += 1) await push()
    expect(sockets.size).toBe(2)
  })

  test('takes a new connection where the server has closed the one before', async () => {
    const { push, sockets } = await serve((_, response) => response.writeHead(200, { connection: 'close' }).end('{}'))
    for (let sent = 0; sent < 3; sent += 1) await push()
    expect(sockets.size).toBe(3)
  })

  test.each([
    ['gzip', gzipSync(refused)],
    ['GZIP', gzipSync(refused)],
    ['deflate', deflateSync(refused)],
    ['br', brotliCompressSync(refused)],
    ['identity', Buffer.from(refused)],
  ])('reads an answer that is encoded as %s, though nobody asked for it', async (encoding, bytes) => {
    const { pushTwice } = await serve((_, response) =>
      response.writeHead(400, { 'content-encoding': encoding }).end(bytes),
    )
    await expect(pushTwice()).rejects.toMatchObject({ code: 'bad_request', serverMessage: 'no such scenario' })
  })

  test('goes by the status where the body is not what its encoding says', async () => {
    const { pushTwice } = await serve((_, response) =>
      response.writeHead(400, { 'content-encoding': 'gzip' }).end('no gzip at all'),
    )
    await expect(pushTwice()).rejects.toMatchObject({ code: 'bad_request', status: 400 })
  })

  test('counts what a compressed answer unpacks to', async () => {
    const { pushTwice } = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(2_000_000))),
    )
    await expect(pushTwice()).rejects.toMatchObject({ code: 'unexpected_response' })
  })

  test('says what the connection died of', async () => {
    let isFirst = true
    const { push } = await serve((request, response) => {
      if (isFirst) response.end('{}')
      else request.socket.destroy()
      isFirst = false
    })
    await push()
    await expect(push()).rejects.toMatchObject({
      code: 'network_error',
      message: expect.stringContaining('ECONNRESET'),
    })
  })

  test('is broken off in the middle of an answer', async () => {
    const stop = new AbortController()
    let isFirst = true
    const { push } = await serve((_, response) => {
      response.writeHead(200).write('{"message":')
      if (isFirst) response.end('"OK"}')
      else stop.abort()
      isFirst = false
    })
    await push()
    await expect(push(stop.signal)).rejects.toMatchObject({ code: 'aborted' })
  })

  test('follows no redirect', async () => {
    const seen: unknown[] = []
    const { pushTwice } = await serve((request, response) => {
      seen.push(request.url)
      response.writeHead(307, { location: '/v3/elsewhere' }).end()
    })
    await expect(pushTwice()).rejects.toMatchObject({ code: 'unexpected_response' })
    expect(seen).toEqual(['/v3/signals', '/v3/signals'])
  })
})

describe('where somebody has put another way in the place of the platform’s, a POST goes that way', () => {
  test('by a fetch of another making', async () => {
    const { push, sockets } = await serve((_, response) => response.end('{}'))
    const fetch = vi.fn(async () => new Response('{"message":"OK"}'))
    vi.stubGlobal('fetch', fetch)
    await push()
    expect(fetch).toHaveBeenCalledOnce()
    expect(sockets.size).toBe(0)
  })

  test('by a dispatcher of undici’s, and not once it is gone', async () => {
    const { push, sockets } = await serve((_, response) => response.end('{}'))
    const before = getGlobalDispatcher()
    const mock = new MockAgent()
    mock.disableNetConnect()
    setGlobalDispatcher(mock)
    try {
      await expect(push()).rejects.toMatchObject({ code: 'network_error' })
      expect(sockets.size).toBe(0)
    } finally {
      setGlobalDispatcher(before instanceof Agent ? before : new Agent())
    }
    await push()
    expect(sockets.size).toBe(1)
  })
})
