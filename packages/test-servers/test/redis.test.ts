import { Redis, type RedisOptions } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRedis, type TestServer } from '../src/index.js'

function connect(url: string, options: Pick<RedisOptions, 'commandTimeout' | 'lazyConnect'> = {}): Redis {
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 20, ...options })
  client.on('error', () => undefined)
  return client
}

describe('a throw-away Redis', () => {
  let server: TestServer
  let client: Redis

  beforeAll(async () => {
    server = await startRedis({ password: 'correct horse', config: { maxmemory: '64mb' } })
    client = connect(server.url)
  })
  afterAll(async () => {
    client.disconnect()
    await server.stop()
  })

  test('listens on 127.0.0.1 with the password and the configuration that were asked for', async () => {
    expect(server.url).toMatch(/^redis:\/\/:correct%20horse@127\.0\.0\.1:\d+$/)
    expect(await client.config('GET', 'maxmemory')).toEqual(['maxmemory', String(64 * 1024 * 1024)])
  })

  test('keeps what it acknowledged through kill -9 and a restart on the same port', async () => {
    await client.set('kept', 'yes')
    await server.kill()
    await server.restart()
    expect(await client.get('kept')).toBe('yes')
  })

  test('answers nobody while it is paused, and goes on when it is resumed', async () => {
    const impatient = connect(server.url, { commandTimeout: 300, lazyConnect: true })
    await impatient.connect()
    server.pause()
    await expect(impatient.get('kept')).rejects.toThrow('timed out')
    server.resume()
    expect(await client.ping()).toBe('PONG')
    impatient.disconnect()
  })

  test('two servers are two', async () => {
    const other = await startRedis({ config: {} })
    const second = connect(other.url)
    expect(other.url).not.toBe(server.url)
    expect(await second.dbsize()).toBe(0)
    second.disconnect()
    await other.stop()
  })
})

test('a server that ends at once says why, with the end of its log', async () => {
  await expect(startRedis({ config: { maxmemory: 'plenty' } })).rejects.toThrow(
    /ended while it was starting[\s\S]*maxmemory/,
  )
})

test('of a server that the environment names an empty database is taken, and left empty; it cannot be killed', async () => {
  const named = await startRedis({ config: {} })
  const client = connect(named.url)
  await client.set('somebody’s', 'data')
  process.env.CSCAPI_TEST_REDIS_URL = named.url
  try {
    const [one, other] = await Promise.all([startRedis(), startRedis()])
    expect(new URL(one.url).port).toBe(new URL(named.url).port)
    expect(new Set([named.url, one.url, other.url]).size).toBe(3)
    expect(one.controllable).toBe(false)
    expect(() => one.kill()).toThrow('unset CSCAPI_TEST_REDIS_URL')
    const inside = connect(one.url)
    await inside.set('left', 'behind')
    inside.disconnect()
    await one.stop()
    await other.stop()
    expect(await client.info('keyspace')).toMatch(/db0:keys=1/)
    expect(await client.info('keyspace')).not.toMatch(/db[1-9]/)
  } finally {
    delete process.env.CSCAPI_TEST_REDIS_URL
    client.disconnect()
    await named.stop()
  }
})
