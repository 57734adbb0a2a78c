import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect as connectTcp, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { inspect, promisify } from 'node:util'
import { CapiClient, type CapiClientOptions, Secret } from '@cscapi/client'
import { createEmulator } from '@cscapi/emulator'
import { MemoryStorage } from '@cscapi/storage'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { arrange, machine, SCENARIO, signalsOf } from './arrange.js'
import { temporaryFolder } from './temporary-folder.js'
import { authority, capiExample } from './test-certificates.js'

const CREDENTIALS = 'acme:pr0xy-s3cret'

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => socket.destroy())))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** CAPI behind TLS, as https://capi.example, and a proxy through which alone it can be reached. */
async function arrangeProxy({ credentials, certificate = capiExample }: Partial<ProxySettings> = {}) {
  const emulator = createEmulator({ strict: true })
  const { url, close } = await emulator.listen()
  onTestFinished(close)
  const tlsPort = await listen(
    createTlsServer(certificate, (socket) => {
      const upstream = connectTcp(Number(new URL(url).port), '127.0.0.1')
      socket
        .on('error', () => upstream.destroy())
        .pipe(upstream.on('error', () => socket.destroy()))
        .pipe(socket)
    }),
  )
  const asked: string[] = []
  let seen = ''
  const proxy = createServer((_, response) => response.writeHead(400).end())
  proxy.on('connect', (request, socket: Socket) => {
    asked.push(String(request.url))
    const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`
    if (expected !== undefined && request.headers['proxy-authorization'] !== expected) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    const upstream = connectTcp(tlsPort, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    socket.on('data', (bytes) => {
      seen += bytes.toString('latin1')
    })
    socket
      .on('error', () => upstream.destroy())
      .pipe(upstream.on('error', () => socket.destroy()))
      .pipe(socket)
  })
  const proxyUrl = `http://127.0.0.1:${await listen(proxy)}`
  const client = (options: Partial<CapiClientOptions> = {}) => {
    const made = new CapiClient({
      storage: new MemoryStorage(),
      scenarios: [SCENARIO],
      environment: { baseUrl: 'https://capi.example/v3' },
      ca: authority,
      maxRetries: 0,
      ...options,
    })
    onTestFinished(() => made.close())
    return made
  }
  return { emulator, proxyUrl, asked, seen: () => seen, client }
}

interface ProxySettings {
  readonly credentials: string
  readonly certificate: { readonly key: string; readonly cert: string }
}

async function sendOne(client: CapiClient) {
  await client.addSignals(signalsOf(machine(), 1))
  return client.sendSignals()
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('a client behind a proxy', () => {
  test('registers, logs in and sends through the proxy of HTTPS_PROXY, which sees none of it', async () => {
    const { client, emulator, asked, seen, proxyUrl } = await arrangeProxy()
    vi.stubEnv('HTTPS_PROXY', proxyUrl)
    expect(await sendOne(client())).toMatchObject({ sent: 1, logins: 1, requests: 4 })
    expect(new Set(asked)).toEqual(new Set(['capi.example:443']))
    expect(seen().length).toBeGreaterThan(1_000)
    expect(seen()).not.toMatch(/Bearer|password|198\.51\.100/)
    expect(emulator.record.count({ route: 'signals' })).toBe(1)
  })

  test.each<[string, (url: string) => CapiClientOptions['proxy']]>([
    ['text', (url) => url],
    ['a Secret', (url) => new Secret(url)],
  ])('proves itself with the user and password of the option, given as %s', async (_, give) => {
    const { client, proxyUrl } = await arrangeProxy({ credentials: CREDENTIALS })
    const proxy = give(proxyUrl.replace('//', `//${CREDENTIALS}@`))
    const made = client({ proxy })
    expect(await sendOne(made)).toMatchObject({ sent: 1 })
    expect(inspect(made, { depth: 20, showHidden: true })).not.toContain('s3cret')
  })

  test('that refuses it keeps its signals, and neither pauses the store nor shows a password', async () => {
    const { client, proxyUrl, emulator } = await arrangeProxy({ credentials: CREDENTIALS })
    const made = client({ proxy: proxyUrl.replace('//', '//acme:wr0ng@') })
    const told: unknown[] = []
    made.on('postponed', (event) => told.push(event))
    expect(await sendOne(made)).toMatchObject({ sent: 0, postponed: 1 })
    expect(await made.stats()).toMatchObject({ pending: 1, pauseReason: undefined })
    const shown = inspect(told, { depth: 9, showHidden: true })
    expect(shown).toContain(`the proxy ${proxyUrl} answered 407`)
    expect(shown).not.toContain('wr0ng')
    expect(emulator.record.count()).toBe(0)
  })

  test('downloads the lists that a pull links to through it too', async () => {
    const { client, asked, proxyUrl, emulator } = await arrangeProxy()
    emulator.setBlocklists([{ name: 'tor', values: ['198.51.100.7'] }])
    const made = client({ proxy: proxyUrl })
    const { links } = await made.getDecisions({ machineId: machine() })
    const [tor] = links.blocklists
    const url = tor?.url.replace('http:', 'https:')
    emulator.faults.inject({ route: 'decisions', status: 200, body: { links: { blocklists: [{ ...tor, url }] } } })
    asked.length = 0
    const { lists } = await made.pullDecisions({ machineId: machine() })
    expect(lists).toMatchObject([{ name: 'tor', outcome: 'replaced' }])
    expect(asked).toContain('capi.example:443')
    expect((await made.decisions()).check('198.51.100.7')).toMatchObject({ reason: 'tor' })
  })

  test('leaves it aside for the hosts of NO_PROXY, and with proxy: false', async () => {
    const { client, asked, proxyUrl } = await arrangeProxy()
    vi.stubEnv('HTTPS_PROXY', proxyUrl)
    await expect(client({ proxy: false }).getDecisions({ machineId: machine() })).rejects.toMatchObject({
      code: 'network_error',
      message: expect.not.stringContaining('proxy'),
    })
    vi.stubEnv('NO_PROXY', 'example')
    await expect(client().getDecisions({ machineId: machine() })).rejects.toMatchObject({ code: 'network_error' })
    expect(asked).toEqual([])
  })
})

describe('verification', () => {
  test('holds through a proxy too: an unknown authority, and a certificate for another name, get nothing', async () => {
    const { client, proxyUrl, emulator } = await arrangeProxy()
    const elsewhere = { baseUrl: 'https://other.example/v3' }
    for (const [options, reason] of [
      [{ ca: undefined }, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      [{ environment: elsewhere }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ] as const) {
      const made = client({ proxy: proxyUrl, ...options })
      await expect(made.getDecisions({ machineId: machine() })).rejects.toMatchObject({
        code: 'network_error',
        message: expect.stringContaining(reason),
      })
    }
    expect(emulator.record.count()).toBe(0)
  })

  test('stays on, with a warning, where NODE_TLS_REJECT_UNAUTHORIZED=0 switches it off for everybody else', async () => {
    const { client, proxyUrl, emulator } = await arrangeProxy()
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    const made = client({ proxy: proxyUrl, ca: undefined })
    const warnings: unknown[] = []
    made.on('warning', (warning) => warnings.push(warning))
    for (let call = 0; call < 2; call += 1)
      await expect(made.getDecisions({ machineId: machine() })).rejects.toMatchObject({ code: 'network_error' })
    expect(warnings).toEqual([
      { code: 'insecure_tls_environment', message: expect.stringContaining('NODE_TLS_REJECT_UNAUTHORIZED=0') },
    ])
    expect(emulator.record.count()).toBe(0)
  })

  test('has no option: what switches it off elsewhere is refused by its type and when the client is made', () => {
    const { connect } = arrange()
    // @ts-expect-error there is no such option
    expect(() => connect({ tls: { rejectUnauthorized: false } })).toThrow(/tls: does not exist: .*always verified/)
    // @ts-expect-error there is no such option
    expect(() => connect({ rejectUnauthorized: false })).toThrow(/always verified/)
  })
})

const LOADED = await bundleProgram(new URL('programs/loaded.mjs', import.meta.url))

describe('undici', () => {
  const run = async (baseUrl: string, env: Record<string, string>, ...rest: string[]) => {
    const { stdout } = await promisify(execFile)(process.execPath, [LOADED, baseUrl, ...rest], {
      env: { PATH: process.env.PATH, ...env },
    })
    return JSON.parse(stdout)
  }

  test('is not loaded where no proxy and no authority is named', async () => {
    const emulator = createEmulator()
    const { url, close } = await emulator.listen()
    onTestFinished(close)
    expect(await run(url, {})).toMatchObject({ sent: 1, hasUndici: false })
    expect(await run(url, { HTTPS_PROXY: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1' })).toMatchObject({
      sent: 1,
      hasUndici: false,
    })
  })

  test('carries what goes through a proxy, and keeps no process alive', async () => {
    const { proxyUrl } = await arrangeProxy()
    const file = join(temporaryFolder(), 'authority.pem')
    writeFileSync(file, authority)
    const baseUrl = 'https://capi.example/v3'
    expect(await run(baseUrl, { HTTPS_PROXY: proxyUrl }, file)).toEqual({
      sent: 1,
      postponed: 0,
      hasUndici: true,
      warnings: [],
      alive: [],
    })
  })
})
