import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { shownOf } from '@cscapi/storage/conformance'
import { startRedis, type TestServer } from '@cscapi/test-servers'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RedisStorage, type RedisStorageOptions } from '../src/index.js'

let redis: TestServer
let web: Server
let echo: Server

beforeAll(async () => {
  redis = await startRedis({ password: 'the right one' })
  web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  // As a server does that does not know a command.
  echo = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (data) =>
      socket.write(`-ERR unknown command, it was ${data.toString().replace(/\r\n/g, ' ')}\r\n`),
    )
  })
  for (const server of [web, echo]) await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterAll(async () => {
  web?.close()
  echo?.close()
  await redis?.stop()
})

const secrets = fc.stringMatching(/^[A-Za-z0-9@:/?#%&+ -]{8,24}$/)
const portOf = (server: Server) => (server.address() as AddressInfo).port

/** Each way in which connecting can fail. */
const targets = (): string[] => [
  '127.0.0.1:1',
  new URL(redis.url).host,
  `${new URL(redis.url).host}/99`,
  `127.0.0.1:${portOf(web)}`,
  `127.0.0.1:${portOf(echo)}`,
  'no-such-host.invalid:6379',
  'host:0',
]

test('no secret shows in an error, whatever fails, nor when the storage is looked at', async () => {
  await fc.assert(
    fc.asyncProperty(
      secrets,
      fc.nat({ max: 6 }),
      fc.constantFrom('url', 'tls', 'nodes', 'client'),
      async (secret, index, way) => {
        const target = targets()[index]
        const url = `${way === 'tls' ? 'rediss' : 'redis'}://app:${encodeURIComponent(secret)}@${target}`
        const timeouts = { commandTimeoutMs: 300, connectTimeoutMs: 300 }
        const client =
          way === 'client' ? new Redis({ host: '127.0.0.1', port: 1, password: secret, lazyConnect: true }) : undefined
        client?.on('error', () => undefined)
        const options = {
          url: { url, ...timeouts },
          tls: { url, tls: { passphrase: secret, key: 'x' }, ...timeouts },
          nodes: { nodes: [url], ...timeouts },
          client: { client, ...timeouts },
        }[way] as RedisStorageOptions
        const shown = await shownOf(() => new RedisStorage(options))
        client?.disconnect()
        expect(shown).toContain('Error')
        for (const form of [secret, encodeURIComponent(secret)]) expect(shown).not.toContain(form)
      },
    ),
    { numRuns: 25 },
  )
})
