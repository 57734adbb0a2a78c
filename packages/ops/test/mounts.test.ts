import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { gunzipSync, gzipSync } from 'node:zlib'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createOps, type OpsOptions, serveOps } from '../src/index.js'
import { stillClient, stillClock } from './still-client.js'

const TOKEN = 'a-token-that-nobody-guesses'

function ops(options: OpsOptions = {}) {
  const made = createOps(stillClient({ requeueRejected: async () => 3 }), { clock: stillClock(), ...options })
  onTestFinished(() => made.close())
  return made
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

const servers: Record<string, (options: OpsOptions) => Promise<string>> = {
  'node:http': (options) => listen(createServer(ops(options).node)),
  Express: (options) => listen(createServer(express().use('/ops', ops(options).node))),
  'Express that reads bodies first': (options) => {
    const app = express().use(express.json(), express.urlencoded())
    return listen(createServer(app.use('/ops', ops(options).node)))
  },
  Hono: (options) => {
    const made = ops(options)
    const app = new Hono().all('/ops/*', (c) => made.fetch(c.req.raw, c.env as object))
    return listen(createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false })))
  },
  Fastify: async (options) => {
    const made = ops(options)
    const app = fastify()
    await app.register(async (scope) => {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
      scope.all('/ops/*', (request, reply) => {
        reply.hijack()
        made.node(request.raw, reply.raw)
      })
    })
    onTestFinished(() => app.close())
    return app.listen({ port: 0, host: '127.0.0.1' })
  },
}

describe.each(Object.entries(servers))('mounted in %s', (_, start) => {
  test('the page, its files, the API and an action answer below the path', async () => {
    const url = `${await start({ basePath: '/ops' })}/ops/`
    const html = await (await fetch(url)).text()
    for (const [, file = ''] of html.matchAll(/(?:href|src)="(app\.[^"]+)"/g)) {
      expect((await fetch(new URL(file, url))).status, file).toBe(200)
    }
    const { csrf } = (await (await fetch(`${url}api/session`)).json()) as { csrf: string }
    const headers = { 'x-csrf-token': csrf, 'content-type': 'application/json' }
    const requeued = await fetch(`${url}api/actions/requeue`, { method: 'POST', body: '{}', headers })
    expect(await requeued.json()).toEqual({ changed: 3 })
    expect((await fetch(`${url}healthz`)).status).toBe(200)
  })

  test('the form signs in, with a cookie for that path alone', async () => {
    const url = `${await start({ basePath: '/ops', token: TOKEN })}/ops/`
    const form = { method: 'POST', body: new URLSearchParams({ token: TOKEN }), redirect: 'manual' } as const
    const entered = await fetch(`${url}login`, form)
    expect([entered.status, entered.headers.get('location')]).toEqual([303, '/ops/'])
    const [cookie = ''] = entered.headers.getSetCookie()
    expect(cookie).toContain('; Path=/ops/;')
    expect((await fetch(url, { headers: { cookie: cookie.split(';')[0] ?? '' } })).status).toBe(200)
  })

  test('events begin with what is happening now', async () => {
    const url = `${await start({ basePath: '/ops' })}/ops/`
    const response = await fetch(`${url}events`)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const reader = response.body?.getReader()
    const { value } = (await reader?.read()) ?? {}
    expect(new TextDecoder().decode(value)).toMatch(/^retry: 2000\n\nevent: now\ndata: \{.*"pending":0.*\}\n\n$/)
    await reader?.cancel()
  })
})

test('what lies beside the path is not answered', async () => {
  const url = await listen(createServer(ops({ basePath: '/ops' }).node))
  for (const path of ['/', '/opsy/', '/api/now', '/healthz']) expect((await fetch(url + path)).status, path).toBe(404)
  const bare = await fetch(`${url}/ops`, { redirect: 'manual' })
  expect([bare.status, bare.headers.get('location')]).toEqual([308, '/ops/'])
})

test('the page is three files of at most 100 kB together, packed, and names no other host', async () => {
  const made = ops()
  const read = async (path: string) => {
    const headers = { host: 'localhost', 'accept-encoding': 'gzip' }
    const answer = await made.fetch(new Request(`http://localhost/${path}`, { headers }), { remoteAddress: '::1' })
    const bytes = Buffer.from(await answer.arrayBuffer())
    const isPacked = answer.headers.get('content-encoding') === 'gzip'
    return { text: (isPacked ? gunzipSync(bytes) : bytes).toString(), packed: isPacked ? bytes : gzipSync(bytes) }
  }
  const html = await read('')
  const files = [...html.text.matchAll(/(?:href|src)="(?!data:)([^"]+)"/g)].map(([, path = '']) => path)
  expect(files.map((path) => path.split('?')[0])).toEqual(['app.css', 'app.js'])
  const all = [html, ...(await Promise.all(files.map(read)))]
  const size = all.reduce((sum, { packed }) => sum + packed.length, 0)
  expect(size).toBeGreaterThan(10_000)
  expect(size).toBeLessThanOrEqual(100_000)
  const others = all.flatMap(({ text }) => text.match(/https?:\/\/[\w.-]+/g) ?? [])
  // Names of XML, which nobody asks for.
  expect(others.filter((url) => url !== 'http://www.w3.org')).toEqual([])
})

describe('serveOps', () => {
  test('serves on loopback, and no more once it is closed', async () => {
    const server = await serveOps(stillClient(), { port: 0, clock: stillClock() })
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/`)
    expect((await fetch(server.url)).status).toBe(200)
    await server.close()
    await expect(fetch(server.url)).rejects.toThrow()
  })

  test('wants a token to listen where others connect', async () => {
    await expect(serveOps(stillClient(), { port: 0, host: '0.0.0.0' })).rejects.toThrow(
      /token: must be given to listen/,
    )
    await using server = await serveOps(stillClient(), { port: 0, host: '0.0.0.0', token: TOKEN, clock: stillClock() })
    expect((await fetch(`http://127.0.0.1:${server.port}/api/now`)).status).toBe(401)
  })

  test('says that the port is taken, and leaves nothing behind', async () => {
    await using first = await serveOps(stillClient(), { port: 0, clock: stillClock() })
    await expect(serveOps(stillClient(), { port: first.port, clock: stillClock() })).rejects.toThrow('EADDRINUSE')
  })

  test('knows its options, and says which one was meant', async () => {
    await expect(serveOps(stillClient(), { password: 'x' } as object)).rejects.toThrow(/did you mean token/)
  })
})
