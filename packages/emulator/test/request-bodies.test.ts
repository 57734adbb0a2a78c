import { once } from 'node:events'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { createEmulator, type ListeningEmulator } from '../src/index.js'
import { Caller, MACHINES, SIGNAL } from './caller.js'

const LIMIT = 100_000
const open: ListeningEmulator[] = []
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())))

async function start() {
  const emulator = createEmulator({ machines: MACHINES, maxBodyBytes: LIMIT })
  const server = await emulator.listen()
  open.push(server)
  const capi = Caller.over(server)
  const { headers } = await capi.authorised()
  /** What a client of its own making is answered; it says no more than `text`. */
  const say = async (text: string, end = false) => {
    const socket = connect(server.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk))
    socket.on('error', () => {})
    socket.write(text.replace('TOKEN', headers.authorization))
    if (end) socket.end()
    await Promise.race([once(socket, 'data'), once(socket, 'close')])
    socket.destroy()
    return answer.split('\r\n')[0]
  }
  const posted = () => emulator.record.of('signals').at(-1)
  return { emulator, capi, headers, say, posted }
}
const HEAD = 'POST /v3/signals HTTP/1.1\r\nhost: x\r\nauthorization: TOKEN\r\n'

/** Of more bytes than any memory has. */
function endless() {
  const told = { chunks: 0 }
  const body = new ReadableStream({
    pull: (controller) => {
      told.chunks += 1
      controller.enqueue(new Uint8Array(65_536).fill(0x20))
    },
  })
  return { told, body }
}

describe('a body that is too long', () => {
  test('is answered 413 before it comes, where its length is announced', async () => {
    const { say, posted } = await start()
    expect(await say(`${HEAD}content-length: 1000000000000\r\n\r\n`)).toBe('HTTP/1.1 413 Payload Too Large')
    expect(posted()).toMatchObject({ status: 413, wireBytes: 0 })
  })

  test('is read no further than to the limit, where it comes in chunks without an end', async () => {
    const { capi, headers, posted } = await start()
    const { body } = endless()
    const response = await capi.fetch('/signals', { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
    expect([response.status, await response.json()]).toEqual([413, { message: 'Request Too Long' }])
    expect(posted()?.wireBytes).toBeLessThan(LIMIT + 2 * 65_536)
  })

  test('is read no further in process either', async () => {
    const { emulator, headers } = await start()
    const { body, told } = endless()
    const capi = Caller.inProcess(emulator)
    const response = await capi.fetch('/signals', { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
    expect(response.status).toBe(413)
    expect(told.chunks).toBeLessThan(10)
  })

  test('is found out in gzip, without unpacking more than the limit', async () => {
    const { capi, headers, posted } = await start()
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    const packed = { ...headers, 'content-encoding': 'GZIP' }
    expect(bomb.length).toBeLessThan(LIMIT)
    expect((await capi.fetch('/signals', { method: 'POST', headers: packed, body: bomb })).status).toBe(413)
    expect(posted()).toMatchObject({ wireBytes: bomb.length, bodyBytes: 0 })
  })

  test('leaves the server to the next one, also after a client that was cut off', async () => {
    const { emulator, capi, headers, say } = await start()
    const long = `[${' '.repeat(5_000_000)}]`
    for (let round = 0; round < 3; round += 1) {
      expect((await capi.fetch('/signals', { method: 'POST', headers, body: long })).status).toBe(413)
      await say(`${HEAD}content-length: 100\r\n\r\n[1, 2`, true)
      expect(await capi.post('/signals', [SIGNAL], { headers })).toMatchObject({ status: 200 })
    }
    expect(emulator.signals.total).toBe(3)
  })
})

test('a body at the limit is taken, one byte more is not', async () => {
  const { capi, headers } = await start()
  const status = async (length: number) =>
    (await capi.fetch('/signals', { method: 'POST', headers, body: '[]'.padEnd(length) })).status
  expect([await status(LIMIT), await status(LIMIT + 1)]).toEqual([200, 413])
})
