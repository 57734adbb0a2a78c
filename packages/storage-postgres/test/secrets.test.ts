import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { shownOf } from '@cscapi/storage/conformance'
import { startPostgres, type TestServer } from '@cscapi/test-servers'
import fc from 'fast-check'
import { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PostgresStorage, type PostgresStorageOptions } from '../src/index.js'

let postgres: TestServer
let web: Server

beforeAll(async () => {
  postgres = await startPostgres({ password: 'the right one' })
  web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  await once(web.listen(0, '127.0.0.1'), 'listening')
})
afterAll(async () => {
  web?.close()
  await postgres?.stop()
})

const secrets = fc.stringMatching(/^[A-Za-z0-9@:/?#%&+ -]{8,24}$/)

/** Each way in which connecting can fail. */
const targets = (): string[] => [
  '127.0.0.1:1/d',
  `${new URL(postgres.url).host}/postgres`,
  `${new URL(postgres.url).host}/postgres?sslmode=verify-full`,
  `127.0.0.1:${(web.address() as AddressInfo).port}/d`,
  `127.0.0.1:1,${new URL(postgres.url).host}/postgres?target_session_attrs=read-write`,
  'no-such-host.invalid/d',
  'host:0/d?x=y',
]

test('no secret shows in an error, whatever fails, nor when the storage is looked at', async () => {
  await fc.assert(
    fc.asyncProperty(secrets, fc.nat({ max: 6 }), fc.constantFrom('url', 'ssl', 'pool'), async (secret, index, way) => {
      const target = targets()[index]
      const url = `postgres://app:${encodeURIComponent(secret)}@${target}`
      const timeouts = { connectTimeoutMs: 1_000, statementTimeoutMs: 1_000 }
      const settings = {
        host: '127.0.0.1',
        port: Number(new URL(postgres.url).port),
        user: 'app',
        password: secret,
        database: 'postgres',
      }
      const pool = way === 'pool' ? new Pool(settings) : undefined
      const options = {
        url: { url, ...timeouts },
        ssl: { url, ssl: { passphrase: secret, key: 'x' }, ...timeouts },
        pool: { pool },
      }[way] as PostgresStorageOptions
      const shown = await shownOf(() => new PostgresStorage(options))
      await pool?.end()
      expect(shown).toContain('Error')
      for (const form of [secret, encodeURIComponent(secret)]) expect(shown).not.toContain(form)
    }),
    { numRuns: 25 },
  )
})
