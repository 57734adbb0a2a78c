import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { rootCertificates } from 'node:tls'
import { inspect } from 'node:util'
import { selfSigned } from '@cscapi/test-servers/certificates'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  createCapi,
  InputError,
  Secret,
  type TransportOptions,
  type TransportWarning,
  transportFetch,
} from '../index.js'

const PASSWORD = 'Passw0rdPassw0rdPassw0rd'

const servers: { close(): unknown; closeAllConnections(): void }[] = []
afterEach(() => {
  vi.unstubAllGlobals()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function listen(server: Server): Promise<number> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A server that nobody vouches for, and the requests that reached it. */
async function tlsServer() {
  const seen: { url: string; length: string | undefined; body: string }[] = []
  const server = createTlsServer(selfSigned, async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    seen.push({ url: String(request.url), length: request.headers['content-length'], body })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"message":"OK"}')
  })
  return { port: await listen(server), seen }
}

/** A proxy that tunnels every host to 127.0.0.1, if it is told who asks. */
async function proxy(credentials?: string) {
  const asked: string[] = []
  const sockets = new Set<{ destroy(): void }>()
  const server = createHttpServer()
  server.on('connect', (request, socket) => {
    sockets.add(socket)
    asked.push(String(request.url))
    const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`
    if (expected !== undefined && request.headers['proxy-authorization'] !== expected) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    const upstream = connect(Number(String(request.url).split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    socket.on('error', () => upstream.destroy())
    upstream.on('error', () => socket.destroy())
  })
  const port = await listen(server)
  servers.push({
    close: () => undefined,
    closeAllConnections: () => {
      for (const socket of sockets) socket.destroy()
    },
  })
  return { url: `http://127.0.0.1:${port}`, asked }
}

const register = (baseUrl: string, options: TransportOptions, fetch?: typeof globalThis.fetch) =>
  createCapi({
    environment: { baseUrl },
    timeoutMs: 60_000,
    ...options,
    ...(fetch !== undefined && { fetch }),
  }).register({
    machineId: 'm',
    password: PASSWORD,
  })

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('a certificate authority of yours', () => {
  test('is trusted beside the usual ones; requests are the same as ever', async () => {
    const { port, seen } = await tlsServer()
    await register(`https://127.0.0.1:${port}/v3`, { ca: selfSigned.cert })
    const body = JSON.stringify({ machine_id: 'm', password: PASSWORD })
    expect(seen).toEqual([{ url: '/v3/watchers', length: String(body.length), body }])
  })

  const other = rootCertificates[0] ?? ''
  test.each<[string, NonNullable<TransportOptions['ca']>]>([
    ['several', [other, new TextEncoder().encode(selfSigned.cert)]],
    ['a file of several, with words between them', `# Acme\n${other}\n# proxy\n${selfSigned.cert}`],
    ['bytes of DER', new Uint8Array(new X509Certificate(selfSigned.cert).raw)],
  ])('may be %s', async (_, ca) => {
    const { port, seen } = await tlsServer()
    await register(`https://127.0.0.1:${port}/v3`, { ca })
    expect(seen).toHaveLength(1)
  })

  test('is trusted for the names of its certificates only', async () => {
    const { port, seen } = await tlsServer()
    const failure = await failureOf(register(`https://127.0.0.2:${port}/v3`, { ca: selfSigned.cert }))
    expect(failure).toMatchObject({ code: 'network_error' })
    expect(seen).toEqual([])
  })

  test.each<[string, unknown, string]>([
    ['other text', 'not a certificate', 'the content of the file, not its name'],
    ['a private key', selfSigned.key, 'not a private key'],
    ['one of several', ['', selfSigned.cert], 'ca[0]'],
    ['damaged', selfSigned.cert.replace('MIIB', 'AAAA'), 'can be read'],
    ['other bytes', new Uint8Array(8), 'can be read'],
    ['no text', 5, 'PEM text'],
  ])('that is no certificate is refused without being shown: %s', (_, ca, rule) => {
    const make = () => createCapi({ environment: 'production', ca: ca as string })
    expect(make).toThrow(InputError)
    expect(make).toThrow(rule)
    expect(make).not.toThrow(/MIGH|MIIB/)
  })

  test('is the only way: neither an option nor the environment switches verification off', async () => {
    const { port, seen } = await tlsServer()
    const baseUrl = `https://127.0.0.1:${port}/v3`
    const unverified = { tls: { rejectUnauthorized: false }, rejectUnauthorized: false }
    expect(() => createCapi({ environment: { baseUrl }, ...(unverified as TransportOptions) })).toThrow(
      /tls: does not exist: certificates are always verified.*rejectUnauthorized: does not exist/,
    )
    const env: Record<string, string> = {}
    const warnings: TransportWarning[] = []
    const fetch = transportFetch(baseUrl, { onWarning: (warning) => warnings.push(warning) }, env)
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    try {
      // The platform gives way, if only after the client was made.
      expect((await globalThis.fetch(baseUrl)).status).toBe(200)
      seen.length = 0
      env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
      for (let call = 0; call < 2; call += 1)
        expect(await failureOf(register(baseUrl, {}, fetch))).toMatchObject({
          code: 'network_error',
          message: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT'),
        })
    } finally {
      vi.unstubAllEnvs()
    }
    expect(seen).toEqual([])
    expect(warnings).toEqual([
      { code: 'insecure_tls_environment', message: expect.stringContaining('NODE_TLS_REJECT_UNAUTHORIZED') },
    ])
  })

  test('cannot stand beside a fetch that would not heed it, and neither can a proxy', () => {
    const fetch = async () => new Response()
    const refused = { ca: selfSigned.cert, proxy: 'http://user:s3cret@proxy.example' }
    expect(() => createCapi({ environment: 'production', fetch, ...refused })).toThrow(/ca: .*; proxy: /)
    expect(() => createCapi({ environment: 'production', fetch, proxy: false })).not.toThrow()
  })
})

describe('a proxy', () => {
  test('tunnels every call, with its credentials, and sees nothing of it', async () => {
    const { port, seen } = await tlsServer()
    const { url, asked } = await proxy('user:s3cret')
    const fetch = transportFetch('https://capi.example.com/v3', {
      ca: selfSigned.cert,
      proxy: new Secret(url.replace('//', '//user:s3cret@')),
    })
    // The certificate is one of localhost; the proxy takes every name for this host.
    await register(`https://localhost:${port}/v3`, {}, fetch)
    expect(asked).toEqual([`localhost:${port}`])
    expect(seen).toHaveLength(1)
  })

  test('that refuses us is a network error that shows no credentials', async () => {
    const { port, seen } = await tlsServer()
    const { url } = await proxy('user:s3cret')
    const fetch = transportFetch('https://capi.example.com/v3', {
      ca: selfSigned.cert,
      proxy: url.replace('//', '//user:wr0ng@'),
    })
    const failure = await failureOf(register(`https://localhost:${port}/v3`, {}, fetch))
    expect(failure).toMatchObject({
      code: 'network_error',
      retryable: true,
      message: expect.stringContaining(`the proxy ${url} answered 407`),
    })
    const shown = inspect(failure, { depth: 9, showHidden: true })
    for (const secret of ['wr0ng', 's3cret', PASSWORD, Buffer.from('user:wr0ng').toString('base64')])
      expect(shown).not.toContain(secret)
    expect(seen).toEqual([])
  })

  test('that is down is named', async () => {
    const { port } = await tlsServer()
    const { url } = await proxy()
    const server = servers.pop()
    for (const one of [server, ...servers.splice(1)]) one?.close()
    const fetch = transportFetch('https://capi.example.com/v3', { proxy: url })
    const failure = await failureOf(register(`https://localhost:${port}/v3`, {}, fetch))
    expect(failure).toMatchObject({ message: expect.stringContaining(`ECONNREFUSED, through the proxy ${url}`) })
  })

  test('changes neither the deadline nor what a redirect means', async () => {
    const silent = createTlsServer(selfSigned, () => undefined)
    const { url } = await proxy()
    const via = { ca: selfSigned.cert, proxy: url }
    const fetch = transportFetch('https://capi.example.com/v3', via)
    const capi = createCapi({
      environment: { baseUrl: `https://localhost:${await listen(silent)}` },
      timeoutMs: 60,
      fetch,
    })
    await expect(capi.pullDecisions({ token: 't' })).rejects.toMatchObject({ code: 'timeout' })
    const away = createTlsServer(selfSigned, (_, response) => response.writeHead(307, { location: '/there' }).end())
    const redirected = register(`https://localhost:${await listen(away)}/v3`, {}, fetch)
    await expect(redirected).rejects.toMatchObject({ code: 'unexpected_response' })
  })

  test('is taken from the environment, unless NO_PROXY names the host', async () => {
    const { port } = await tlsServer()
    const { url, asked } = await proxy()
    const baseUrl = `https://localhost:${port}/v3`
    const saved = { ...process.env }
    try {
      process.env.HTTPS_PROXY = url
      const proxied = transportFetch('https://capi.example.com/v3', { ca: selfSigned.cert })
      await register(baseUrl, {}, proxied)
      expect(asked).toEqual([`localhost:${port}`])
      process.env.NO_PROXY = 'localhost'
      const direct = transportFetch('https://capi.example.com/v3', { ca: selfSigned.cert })
      await register(baseUrl, {}, direct)
      expect(asked).toHaveLength(1)
    } finally {
      process.env = saved
    }
  })

  test.each<[string, string, TransportOptions, Record<string, string>]>([
    [
      'a loopback address',
      'http://127.0.0.1:8088/v3',
      {},
      { HTTPS_PROXY: 'http://proxy:1', HTTP_PROXY: 'http://proxy:1' },
    ],
    ['proxy: false', 'https://capi.example.com/v3', { proxy: false }, { HTTPS_PROXY: 'http://proxy:1' }],
    ['an environment without one', 'https://capi.example.com/v3', {}, {}],
  ])('is not used, and the platform asked as ever, with %s', async (_, baseUrl, options, env) => {
    const platform = vi.fn(async () => new Response('from the platform'))
    vi.stubGlobal('fetch', platform)
    const response = await transportFetch(baseUrl, options, env)(`${baseUrl}/signals`)
    expect(await response.text()).toBe('from the platform')
  })

  test('that is no URL is refused without being shown', () => {
    const failure = (() => {
      try {
        createCapi({ environment: 'production', proxy: 'socks5://user:s3cret@host' })
      } catch (error) {
        return error
      }
    })()
    expect(failure).toMatchObject({ issues: [{ path: 'proxy', value: '[redacted]' }] })
    expect(inspect(failure, { depth: 9 })).not.toContain('s3cret')
  })
})
