import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { startRedis, startRedisCluster, type TestRedisCluster, type TestServer } from '@cscapi/test-servers'
import { Cluster, Command, Redis, type RedisOptions } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RedisStorage } from '../src/index.js'

let server: TestServer
let cluster: TestRedisCluster

beforeAll(async () => {
  ;[server, cluster] = await Promise.all([startRedis({ config: {} }), startRedisCluster({ replicas: 0 })])
})
afterAll(async () => {
  await server?.stop()
  await cluster?.stop()
})

/** Everything that a worker does, on a client that is set up in one odd way. */
async function useStore(client: Redis | Cluster): Promise<void> {
  const storage = new RedisStorage({ client, namespace: `t-${randomUUID()}` })
  await storage.open()
  const signals = ['a', 'b', 'a', 'c'].map((machineId, index) => ({ machineId, uuid: `u${index}`, payload: '{"é":1}' }))
  expect(await storage.enqueue(signals)).toEqual({ added: 4, duplicates: 0 })
  expect(await storage.enqueue(signals)).toEqual({ added: 0, duplicates: 4 })
  await storage.createMachine({ machineId: 'a', password: 'secret' })
  await storage.updateMachine('a', { registered: true, token: { value: 't', scenarios: ['s'], lifetimeMs: 60_000 } })
  await expect(storage.updateMachine('nobody', { registered: true })).rejects.toMatchObject({
    code: 'storage_conflict',
  })
  expect(await storage.getMachine('a')).toMatchObject({ password: 'secret', registered: true })
  expect((await storage.listMachines()).machines.map(({ machineId }) => machineId)).toEqual(['a'])
  const leases = []
  for (let left = 3; left > 0; left -= 1) leases.push(await storage.lease({ leaseMs: 60_000, maxSignals: 10 }))
  expect(leases.flatMap((lease) => lease?.signals.map(({ uuid }) => uuid) ?? []).sort()).toEqual([
    'u0',
    'u1',
    'u2',
    'u3',
  ])
  expect(await storage.lease({ leaseMs: 60_000, maxSignals: 10 })).toBeUndefined()
  const [first, second] = leases
  expect(await storage.extend(first!, 60_000)).toBe(true)
  const rejected = first!.signals.map(({ uuid }) => ({ uuid, reason: 'no', status: 400 }))
  expect(await storage.settle(first!, { rejected })).toEqual({ lost: false })
  expect(await storage.settle(second!, { sent: second!.signals.map(({ uuid }) => uuid) })).toEqual({ lost: false })
  expect(await storage.settle(second!, {})).toEqual({ lost: true })
  expect((await storage.listSignals({ status: 'rejected' })).signals).toHaveLength(rejected.length)
  expect(await storage.requeueSignals()).toBe(rejected.length)
  const version = await storage.setState('k', new Uint8Array([0, 255]), { ifVersion: 0 })
  expect(await storage.getState('k')).toMatchObject({ value: new Uint8Array([0, 255]), version })
  expect(await storage.stats()).toMatchObject({ machines: 3, sent: second!.signals.length, rejected: 0 })
  await storage.repairIndex()
  expect(await storage.deleteMachines(['a', 'b', 'c'])).toBe(3)
  await storage.close()
}

async function withClient<T extends Redis | Cluster>(client: T, work: (client: T) => Promise<void>): Promise<void> {
  client.on('error', () => undefined)
  try {
    await work(client)
  } finally {
    client.disconnect()
  }
}

type Options = RedisOptions & { replyMapping?: 'legacy' | 'resp3' }

const connect = (options: Options) => {
  const { hostname, port } = new URL(server.url)
  return new Redis({ host: hostname, port: Number(port), ...options })
}

const lua = { lua: 'return redis.error_reply("the wrong script")', numberOfKeys: 0 }

const working: readonly Options[] = [
  { autoPipeliningIgnoredCommands: ['eval'] },
  { autoResendUnfulfilledCommands: false },
  { autoResubscribe: false },
  { blockingTimeout: 1_000, blockingTimeoutGrace: 10 },
  { clientInfoTag: 'tag' },
  { commandTimeout: 20_000 },
  { connectTimeout: 20_000 },
  { connectionName: 'acme' },
  { db: 3 },
  { disableClientInfo: true },
  { enableAutoPipelining: true },
  { enableOfflineQueue: false },
  { enableOfflineQueue: false, lazyConnect: true },
  { enableReadyCheck: false },
  { family: 4 },
  { himportFieldsets: [] },
  { keepAlive: 0 },
  { keyPrefix: '' },
  { lazyConnect: true },
  { maxLoadingRetryTime: 0 },
  { maxRetriesPerRequest: null },
  { maxRetriesPerRequest: 0 },
  { noDelay: false },
  { protocol: 2 },
  { protocol: 3 },
  { readOnly: true },
  { reconnectOnError: () => 2 },
  { replyMapping: 'resp3' },
  { retryStrategy: () => null },
  { retryStrategy: null },
  {
    scripts: { evalsha: lua, eval: lua, call: lua, callBuffer: lua, zrem: lua, zrangebylex: lua, scan: lua },
  },
  { showFriendlyErrorStack: true },
  { socketTimeout: 20_000 },
  { stringNumbers: true },
  { stringNumbers: true, replyMapping: 'resp3' },
  { username: 'default' },
]

const refused: readonly (readonly [string, Options])[] = [
  ['keyPrefix', { keyPrefix: 'mine:' }],
  ['monitor', { monitor: true }],
  ['db', { db: Number.NaN }],
  ['db', { db: -1 }],
  ['db', { db: 1.5 }],
  ['role', { role: 'slave', sentinels: [{ host: '127.0.0.1', port: 1 }], name: 'mymaster' }],
]

const workingCluster = [
  { clusterNodeRetryStrategy: () => 50 },
  { clusterRetryStrategy: null },
  { dnsLookup: (address: string, callback: (error: null, address: string) => void) => callback(null, address) },
  { enableAutoPipelining: true },
  { enableOfflineQueue: false },
  { enableOfflineQueue: false, lazyConnect: true },
  { enableReadyCheck: false },
  { lazyConnect: true },
  { maxRedirections: 4 },
  { natMap: () => null },
  { redisOptions: { stringNumbers: true, replyMapping: 'resp3', enableAutoPipelining: true } },
  { redisOptions: { protocol: 2 } },
  { retryDelayOnMoved: 10, retryDelayOnFailover: 10, retryDelayOnClusterDown: 10, retryDelayOnTryAgain: 10 },
  { scaleReads: 'slave' },
  { scaleReads: 'all' },
  { scripts: { evalsha: lua, eval: lua, zrem: lua, zrangebylex: lua } },
  { shardedSubscribers: true },
  { showFriendlyErrorStack: true },
  { slotsRefreshInterval: 1_000, slotsRefreshTimeout: 5_000 },
]

describe('a client of ioredis', () => {
  test.each(working.map((options) => [Object.keys(options).join(), options] as const))(
    'set up with %s works',
    async (_, options) => {
      await withClient(connect(options), useStore)
    },
  )

  test.each(refused)(
    'set up with another %s is refused by name, and nothing is done with it',
    async (name, options) => {
      await withClient(connect({ ...options, lazyConnect: true }), async (client) => {
        expect(() => new RedisStorage({ client })).toThrow(
          expect.objectContaining({
            code: 'invalid_input',
            issues: [expect.objectContaining({ path: `client.options.${name}` })],
          }),
        )
        expect(client.status).toBe('wait')
      })
    },
  )

  test('whose replies are transformed by name works', async () => {
    const odd = () => 'transformed'
    for (const name of ['evalsha', 'info', 'zrangebylex']) Command.setReplyTransformer(name, odd)
    try {
      await withClient(connect({}), useStore)
    } finally {
      for (const name of ['evalsha', 'info', 'zrangebylex'])
        Command.setReplyTransformer(name, (reply: unknown) => reply)
    }
  })

  test('for a database that the server does not have is refused, although the driver would take another', async () => {
    await withClient(connect({ db: 99 }), async (client) => {
      await expect(new RedisStorage({ client }).open()).rejects.toMatchObject({
        code: 'storage_failed',
        message: expect.stringContaining('fewer databases'),
      })
    })
  })

  test('that has subscribed to channels is refused where it then takes no commands', async () => {
    await withClient(connect({ protocol: 2 }), async (client) => {
      await client.subscribe('news')
      await expect(new RedisStorage({ client }).open()).rejects.toMatchObject({
        code: 'storage_failed',
        message: expect.stringContaining('subscribed'),
      })
    })
  })

  test('that has ended is told from a server that is away', async () => {
    await withClient(connect({}), async (client) => {
      const storage = new RedisStorage({ client, namespace: 'ended' })
      await storage.open()
      await Promise.all([once(client, 'end'), client.quit()])
      for (const call of [storage.stats(), storage.getState('k')])
        await expect(call).rejects.toMatchObject({
          code: 'storage_unavailable',
          retryable: false,
          message: expect.stringContaining('has ended'),
        })
    })
  })

  test('that was just told to end is told from a server that is away', async () => {
    await withClient(connect({}), async (client) => {
      client.disconnect()
      await expect(new RedisStorage({ client }).open()).rejects.toMatchObject({
        code: 'storage_unavailable',
        retryable: false,
        message: expect.stringContaining('has ended'),
      })
    })
  })

  test.each([
    ['nothing', null],
    ['text', 'redis://127.0.0.1'],
    ['an object', {}],
    ['a pipeline', new Redis({ lazyConnect: true }).pipeline()],
    ['a client of another package', { isOpen: true, sendCommand: async () => 'OK', on: () => undefined }],
  ])('is no %s', (_, client) => {
    expect(() => new RedisStorage({ client: client as never })).toThrow(
      /client: must be a Redis or Cluster of the package ioredis/,
    )
  })
})

describe('a Cluster of ioredis', () => {
  test.each(workingCluster.map((options) => [Object.keys(options).join(), options] as const))(
    'set up with %s works',
    async (_, options) => {
      await withClient(new Cluster([...cluster.urls], options as object), useStore)
    },
  )

  test.each([
    ['keyPrefix', { keyPrefix: 'mine:' }],
    ['keyPrefix', { redisOptions: { keyPrefix: 'mine:' } }],
    ['redisOptions.db', { redisOptions: { db: 1 } }],
  ])('set up with another %s is refused by name', async (name, options) => {
    await withClient(new Cluster([...cluster.urls], { ...options, lazyConnect: true }), async (client) => {
      expect(() => new RedisStorage({ client })).toThrow(
        expect.objectContaining({ issues: [expect.objectContaining({ path: `client.options.${name}` })] }),
      )
    })
  })
})
