import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createServer, rootCertificates, type Server } from 'node:tls'
import { inspect } from 'node:util'
import { startRedis, type TestServer } from '@cscapi/test-servers'
import { selfSigned } from '@cscapi/test-servers/certificates'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RedisStorage } from '../src/index.js'

let redis: TestServer
let front: Server
let url: string

/** TLS in front of a server, as a managed Redis has it. */
beforeAll(async () => {
  redis = await startRedis()
  const { port } = new URL(redis.url)
  const forward = (from: Socket) => {
    const to = connect(Number(port), '127.0.0.1')
    from.pipe(to).pipe(from)
    from.on('error', () => to.destroy())
    to.on('error', () => from.destroy())
  }
  front = createServer(selfSigned, forward).on('tlsClientError', () => undefined)
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  url = `rediss://127.0.0.1:${(front.address() as AddressInfo).port}`
})

afterAll(async () => {
  front?.close()
  await redis?.stop()
})

describe('a rediss:// URL', () => {
  test('with a certificate authority that vouches for the server works as any other', async () => {
    const storage = new RedisStorage({ url, tls: { ca: selfSigned.cert }, namespace: 'tls' })
    await storage.open()
    expect(await storage.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }])).toEqual({ added: 1, duplicates: 0 })
    expect((await storage.lease({ leaseMs: 60_000, maxSignals: 1 }))?.signals).toEqual([{ uuid: 'u', payload: '{}' }])
    await storage.close()
  })

  test('takes user and password of an ACL as any other', async () => {
    const admin = new Redis(redis.url)
    await admin.call('ACL', 'SETUSER', 'app', 'on', '>S3cret', '~app:*', '+@all')
    admin.disconnect()
    const options = { tls: { ca: selfSigned.cert }, namespace: 'app' }
    const storage = new RedisStorage({ url: url.replace('//', '//app:S3cret@'), ...options })
    await storage.open()
    expect(await storage.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }])).toEqual({ added: 1, duplicates: 0 })
    await storage.close()
    const wrong = new RedisStorage({ url: url.replace('//', '//app:Wr0ng@'), ...options })
    const failure: unknown = await wrong.open().catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'storage_failed', driverCode: 'WRONGPASS', retryable: false })
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('Wr0ng')
    await wrong.close()
  })

  test.each([
    ['with a server that nobody vouches for', {}],
    ['with a certificate authority that vouches for others only', { tls: { ca: rootCertificates[0] } }],
  ])('%s is refused, in bounded time and without the password', async (_, trust) => {
    const secret = url.replace('//', '//:S3cret@')
    const storage = new RedisStorage({ url: secret, connectTimeoutMs: 1_000, commandTimeoutMs: 1_000, ...trust })
    const failure: unknown = await storage.open().catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'StorageError', code: 'storage_unavailable', retryable: true })
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('S3cret')
    await storage.close()
  })
})
