import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, connect as connectTcp, type Server } from 'node:net'
import { type HttpBindings, serve } from '@hono/node-server'
import express from 'express'
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { type Context, Hono } from 'hono'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { remediateFastify, remediateHono, remediateNode } from '../../src/http/index.js'
import { DecisionSet } from '../../src/index.js'

const BANNED = '203.0.113.7'
const DOUBTED = '203.0.113.8'

async function decisions(): Promise<DecisionSet> {
  const set = new DecisionSet()
  const list = (name: string, remediation: string) => ({ name, scope: 'ip', remediation, duration: '24h' })
  await set.replaceBlocklist(list('bans', 'ban'), [BANNED])
  await set.replaceBlocklist(list('doubts', 'captcha'), [DOUBTED])
  return set
}

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  return (server.address() as AddressInfo).port
}

interface Answered {
  readonly status: number | undefined
  readonly headers: Record<string, unknown>
  readonly body: string
}

/** A request through a proxy that says whom it is for. */
function ask(port: number, client: string, { method = 'GET', body = '' } = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-forwarded-for': client }
    const asking = httpRequest({ host: '127.0.0.1', port, method, headers, agent: false }, async (answer) => {
      let text = ''
      for await (const chunk of answer) text += chunk
      resolve({ status: answer.statusCode, headers: answer.headers, body: text })
    })
    asking.once('error', reject)
    asking.end(body)
  })
}

/**
 * Each serves `welcome`, writes down the methods of what it has served, trusts the proxy on
 * 127.0.0.1 and, as its own answer, lets solved captchas pass.
 */
const servers = {
  'node:http': async (trustProxy: string[], served: unknown[] = []) => {
    const guard = remediateNode({ decisions: await decisions(), trustProxy })
    return listen(
      createServer(async (request, response) => {
        if (await guard(request, response)) return
        served.push(request.method)
        response.end('welcome')
      }),
    )
  },
  Express: async (trustProxy: string[], served: unknown[] = []) => {
    const app = express()
    app.use(remediateNode({ decisions: await decisions(), trustProxy }))
    app.use((request, response) => {
      served.push(request.method)
      response.send('welcome')
    })
    return listen(createServer(app))
  },
  Fastify: async (trustProxy: string[], served: unknown[] = []) => {
    const app = fastify({ trustProxy: true })
    app.addHook('onRequest', remediateFastify({ decisions: await decisions(), trustProxy }))
    app.all('/', async ({ method }) => {
      served.push(method)
      return 'welcome'
    })
    await app.listen({ host: '127.0.0.1', port: 0 })
    closing.push(() => app.close())
    return (app.server.address() as AddressInfo).port
  },
  Hono: async (trustProxy: string[], served: unknown[] = []) => {
    const app = new Hono<{ Bindings: HttpBindings }>()
    app.use(remediateHono({ decisions: await decisions(), trustProxy }))
    return listenHono(app, served)
  },
}

async function listenHono(app: Hono<{ Bindings: HttpBindings }>, served: unknown[]): Promise<number> {
  app.all('/', (c) => {
    served.push(c.req.method)
    return c.text('welcome')
  })
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  closing.push(() => server.close())
  if (!server.listening) await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

describe.each(Object.entries(servers))('a server of %s', (_, start) => {
  test('refuses who is blocked and serves everybody else', async () => {
    const port = await start(['127.0.0.1'])
    expect(await ask(port, '198.51.100.1')).toMatchObject({ status: 200, body: 'welcome' })
    const refused = await ask(port, BANNED)
    expect(refused).toMatchObject({ status: 403, body: 'Forbidden\n' })
    expect(refused.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
    })
    expect(await ask(port, DOUBTED)).toMatchObject({ status: 403 })
    expect(await ask(port, BANNED, { method: 'HEAD' })).toMatchObject({ status: 403, body: '' })
    expect(await ask(port, BANNED, { method: 'POST', body: 'x'.repeat(1_000_000) })).toMatchObject({ status: 403 })
  })

  test('takes nobody’s word for it where no proxy is trusted', async () => {
    const port = await start([])
    expect(await ask(port, BANNED)).toMatchObject({ status: 200, body: 'welcome' })
  })
})

describe('an answer of one’s own', () => {
  const solved = (headers: { cookie?: string | undefined }) => headers.cookie === 'solved=1'
  /** Asks with and without the cookie. */
  async function answers(port: number) {
    const bare = await ask(port, DOUBTED)
    const { status, body } = await new Promise<Answered>((resolve, reject) => {
      const headers = { 'x-forwarded-for': DOUBTED, cookie: 'solved=1' }
      httpRequest({ host: '127.0.0.1', port, headers, agent: false }, async (answer) => {
        let text = ''
        for await (const chunk of answer) text += chunk
        resolve({ status: answer.statusCode, headers: {}, body: text })
      })
        .once('error', reject)
        .end()
    })
    return [bare.status, bare.body, status, body]
  }
  const expected = [429, 'captcha', 200, 'welcome']

  test('is given by node:http and Express', async () => {
    const app = express()
    app.use(
      remediateNode<express.Request, express.Response>({
        decisions: await decisions(),
        trustProxy: ['127.0.0.1'],
        answer: async (outcome, request, response) => {
          expect(outcome).toMatchObject({ kind: 'remediate', decision: { remediation: 'captcha' } })
          if (solved(request.headers)) return false
          response.status(429).send('captcha')
          return true
        },
      }),
    )
    app.use((_, response) => void response.send('welcome'))
    expect(await answers(await listen(createServer(app)))).toEqual(expected)
  })

  test('is given by Fastify', async () => {
    const app = fastify()
    app.addHook(
      'onRequest',
      remediateFastify<FastifyRequest, FastifyReply>({
        decisions: await decisions(),
        trustProxy: ['127.0.0.1'],
        answer: (_, request, reply) => {
          if (solved(request.headers)) return false
          reply.code(429).send('captcha')
          return true
        },
      }),
    )
    app.get('/', async () => 'welcome')
    await app.listen({ host: '127.0.0.1', port: 0 })
    closing.push(() => app.close())
    expect(await answers((app.server.address() as AddressInfo).port)).toEqual(expected)
  })

  test('is given by Hono', async () => {
    const app = new Hono<{ Bindings: HttpBindings }>()
    app.use(
      remediateHono<Context<{ Bindings: HttpBindings }>>({
        decisions: await decisions(),
        trustProxy: ['127.0.0.1'],
        remoteAddress: (c) => c.env.incoming.socket.remoteAddress,
        answer: (_, c) => (solved({ cookie: c.req.header('cookie') }) ? undefined : c.text('captcha', 429)),
      }),
    )
    app.get('/', (c) => c.text('welcome'))
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
    closing.push(() => server.close())
    if (!server.listening) await once(server, 'listening')
    expect(await answers((server.address() as AddressInfo).port)).toEqual(expected)
  })

  test('that throws is the next error handler’s in Express, and the caller’s elsewhere', async () => {
    const failing = {
      decisions: await decisions(),
      trustProxy: ['127.0.0.1'],
      answer: () => {
        throw new Error('no captcha left')
      },
    }
    const app = express()
    app.use(remediateNode(failing))
    app.use((error: Error, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      response.status(500).send(error.message)
    })
    expect(await ask(await listen(createServer(app)), BANNED)).toMatchObject({ status: 500, body: 'no captcha left' })
    const guard = remediateNode(failing)
    const socket = { remoteAddress: BANNED, destroyed: false }
    const request = { socket, headers: {}, rawHeaders: [], httpVersionMajor: 1 }
    await expect(guard(request, { writeHead: () => 0, end: () => 0 })).rejects.toThrow('no captcha left')
  })
})

test('HTTP/2 is guarded by the same middleware', async () => {
  const guard = remediateNode({ decisions: await decisions(), trustProxy: ['127.0.0.1'] })
  const server = createHttp2Server(async (request, response) => {
    if (await guard(request, response)) return
    response.end('welcome')
  })
  const port = await listen(server)
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  const statusFor = async (client: string) => {
    const stream = session.request({ ':path': '/', 'x-forwarded-for': client })
    const [headers] = await once(stream, 'response')
    stream.resume()
    return headers[':status']
  }
  expect([await statusFor(BANNED), await statusFor('198.51.100.1')]).toEqual([403, 200])
  session.close()
})

/** With `remoteAddress` given, as `getConnInfo` of `@hono/node-server` gives it. */
async function askingHono(trustProxy: string[], served: unknown[] = []) {
  const app = new Hono<{ Bindings: HttpBindings }>()
  const remoteAddress = ({ env }: Context<{ Bindings: HttpBindings }>) => env.incoming.socket.remoteAddress
  app.use(remediateHono({ decisions: await decisions(), trustProxy, remoteAddress }))
  return listenHono(app, served)
}

const hidingFrom = { ...servers, 'Hono that is told the address': askingHono }

describe.each(Object.entries(hidingFrom))('a client cannot hide from a server of %s', (_, start) => {
  test('behind so many headers that Node.js leaves out what the proxy added', async () => {
    const port = await start(['127.0.0.1'])
    const statusWith = async (fillers: number) => {
      const socket = connectTcp(port, '127.0.0.1')
      const filler = 'a:\r\n'.repeat(fillers)
      socket.write(
        `GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.1\r\n${filler}X-Forwarded-For: ${BANNED}\r\n\r\n`,
      )
      const [answer] = await once(socket, 'data')
      socket.destroy()
      return String(answer).slice(9, 12)
    }
    expect(await Promise.all([0, 500, 997, 998, 1_000, 2_000].map(statusWith))).toEqual(Array(6).fill('403'))
  })

  test('by resetting its connection as soon as it has asked', async () => {
    const served: unknown[] = []
    const port = await start([], served)
    const socket = connectTcp(port, '127.0.0.1')
    // It is gone before the server comes to read what it has sent.
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n', () => socket.resetAndDestroy())
    await once(socket, 'close')
    expect(await ask(port, '198.51.100.1')).toMatchObject({ status: 200 })
    expect(served).toEqual(['GET'])
  })
})

describe('a client cannot hide', () => {
  test('by leaving before it is looked at', async () => {
    const guard = remediateNode({ decisions: await decisions(), trustProxy: ['unix'] })
    const outcomes: boolean[] = []
    const server = createServer(async (request, response) => {
      await new Promise((resolve) => request.socket.once('close', resolve))
      outcomes.push(await guard(request, response))
    })
    const port = await listen(server)
    const socket = connectTcp(port, '127.0.0.1')
    const seen = once(server, 'request')
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.1\r\nContent-Length: 0\r\n\r\n')
    await seen
    socket.resetAndDestroy()
    await vi.waitUntil(() => outcomes.length > 0, { timeout: 120_000 })
    expect(outcomes).toEqual([true])
  })

  test('in an HTTP/2 session that has ended', async () => {
    const guard = remediateNode({ decisions: await decisions() })
    const outcomes: boolean[] = []
    const server = createHttp2Server()
    server.on('request', async (request, response) => {
      const { session } = request.stream
      await new Promise<void>((resolve) => session?.once('close', resolve))
      outcomes.push(await guard(request, response))
    })
    const session = connectHttp2(`http://127.0.0.1:${await listen(server)}`)
    session.on('error', () => undefined)
    session.request({ ':path': '/' }).on('error', () => undefined)
    await once(server, 'request')
    session.destroy()
    await vi.waitUntil(() => outcomes.length > 0, { timeout: 120_000 })
    expect(outcomes).toEqual([true])
  })
})

test('several headers of one name are one list', async () => {
  const port = await servers['node:http'](['127.0.0.1'])
  const socket = connectTcp(port, '127.0.0.1')
  socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: ${BANNED}\r\n\r\n`)
  const [answer] = await once(socket, 'data')
  socket.destroy()
  expect(String(answer)).toMatch(/^HTTP\/1\.1 403 /)
})
