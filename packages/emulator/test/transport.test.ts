import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { createEmulator, type EmulatorOptions, type ListeningEmulator, type ListenOptions } from '../src/index.js'
import { Caller, MACHINES, onArrival, SIGNAL } from './caller.js'

const open: ListeningEmulator[] = []
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())))

async function listen(options: EmulatorOptions = {}) {
  const emulator = createEmulator({ machines: MACHINES, ...options })
  const server = await emulator.listen()
  open.push(server)
  return { emulator, server, capi: Caller.over(server) }
}

describe('fetch in process', () => {
  test('takes a URL object, a Request, and a Request with init', async () => {
    const { fetch } = createEmulator({ machines: MACHINES })
    const url = 'https://api.crowdsec.net/v3/signals'
    const init = { method: 'POST', body: '[]' }
    const replies = [
      await fetch(new URL(url), init),
      await fetch(new Request(url, init)),
      await fetch(new Request(url, init), {}),
    ]
    expect(replies.map(({ status }) => status)).toEqual([401, 401, 401])
  })

  test('rejects with the reason of a signal that fired before, and then the request does not arrive', async () => {
    const emulator = createEmulator()
    const reason = new Error('too late')
    await expect(emulator.fetch('https://x.example/v3/metrics', { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    )
    expect(emulator.record.count()).toBe(0)
  })

  test('rejects with the reason of a signal that fires while the answer is held back; the server took the request', async () => {
    const emulator = createEmulator({
      machines: MACHINES,
      sleep: (_ms, signal) => once(signal!, 'abort').then(() => {}),
    })
    const capi = Caller.inProcess(emulator)
    const auth = await capi.authorised()
    const controller = new AbortController()
    const reason = new Error('no patience')
    emulator.faults.inject({ delayMs: 1, when: onArrival(() => controller.abort(reason)) })
    await expect(capi.post('/signals', [SIGNAL], { ...auth, signal: controller.signal })).rejects.toBe(reason)
    expect(emulator.signals.has(SIGNAL.uuid)).toBe(true)
  })

  test('passes on a redirect by hand, and refuses to follow one', async () => {
    const emulator = createEmulator()
    emulator.faults.inject({ status: 307, headers: { location: 'https://elsewhere.example/v3/metrics' }, times: 3 })
    const post = (redirect: 'manual' | 'error' | 'follow') =>
      emulator.fetch('https://x.example/v3/metrics', { method: 'POST', body: '{}', redirect })
    expect((await post('manual')).status).toBe(307)
    await expect(post('error')).rejects.toMatchObject({
      name: 'TypeError',
      message: 'fetch failed',
      cause: { message: 'unexpected redirect' },
    })
    await expect(post('follow')).rejects.toMatchObject({ name: 'TypeError', message: 'fetch failed' })
  })

  test('serves many requests on one signal without a warning', async () => {
    const warnings: string[] = []
    const onWarning = (warning: Error) => void warnings.push(warning.name)
    process.on('warning', onWarning)
    const emulator = createEmulator({ latencyMs: 1 })
    const { signal } = new AbortController()
    await Promise.all(Array.from({ length: 50 }, () => emulator.fetch('https://x.example/v3/metrics', { signal })))
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
    expect(emulator.record.count()).toBe(50)
  })
})

describe('listen', () => {
  test('serves HTTP on a free loopback port, below /v3', async () => {
    const { emulator, server, capi } = await listen()
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/v3`)
    expect(await capi.post('/signals', [SIGNAL], await capi.authorised())).toMatchObject({
      status: 200,
      json: { message: 'OK' },
    })
    expect(emulator.record.last()?.remoteAddress).toBe('127.0.0.1')
  })

  test('shares one state with fetch and with other listeners', async () => {
    const { emulator, capi } = await listen()
    const second = await emulator.listen()
    open.push(second)
    const auth = await Caller.inProcess(emulator).authorised()
    await capi.post('/signals', [SIGNAL], auth)
    await Caller.over(second).post('/signals', [SIGNAL], auth)
    expect(emulator.signals.get(SIGNAL.uuid)?.count).toBe(2)
  })

  test('links to itself by the address that was asked', async () => {
    const { server, capi } = await listen({ blocklists: [{ name: 'list', values: ['203.0.113.1'] }] })
    const { json } = await capi.get('/decisions/stream', await capi.authorised())
    const url = (json as { links: { blocklists: { url: string }[] } }).links.blocklists[0]!.url
    expect(url.startsWith(`http://127.0.0.1:${server.port}/blocklists/`)).toBe(true)
    expect((await capi.get(url)).json).toBe('203.0.113.1')
  })

  test('answers 1,000 posts over kept-alive connections', async () => {
    const { emulator, capi } = await listen()
    const auth = await capi.authorised()
    let left = 1000
    const worker = async () => {
      while (left-- > 0) await capi.post('/signals', [{ ...SIGNAL, uuid: String(left) }], auth)
    }
    await Promise.all(Array.from({ length: 8 }, worker))
    expect(emulator.signals.size).toBe(1000)
  })

  test('close ends a call that hangs, can be called twice, and frees the port', async () => {
    const { emulator, server, capi } = await listen()
    emulator.faults.inject({ kind: 'hang', when: onArrival(() => server.close()) })
    await expect(capi.get('/decisions/stream')).rejects.toThrow('fetch failed')
    await server.close()
    const again = await emulator.listen({ port: server.port })
    open.push(again)
    expect(again.port).toBe(server.port)
  })

  test('rejects when the port is taken', async () => {
    const { server } = await listen()
    await expect(createEmulator().listen({ port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  test('refuses any address but loopback', async () => {
    const wrong = { host: '0.0.0.0', port: 70_000 } as unknown as ListenOptions
    await expect(createEmulator().listen(wrong)).rejects.toMatchObject({
      name: 'InputError',
      issues: [expect.objectContaining({ path: 'port' }), expect.objectContaining({ path: 'host' })],
    })
  })

  test("leaves the test suite's own fetch, Request and Response alone", async () => {
    const before = [globalThis.fetch, globalThis.Request, globalThis.Response]
    await listen()
    expect([globalThis.fetch, globalThis.Request, globalThis.Response]).toEqual(before)
  })
})
