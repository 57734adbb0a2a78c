import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { RedisStorage, type RedisStorageOptions } from '../src/index.js'
import { keysOf } from './harness.js'
import { testServer } from './test-server.js'

const server = testServer({ hasScripts: false })

/** Opens a store and gives what the logger was told. */
async function warningsOf(options: Partial<RedisStorageOptions> = {}, url = server.url): Promise<string[]> {
  const warnings: string[] = []
  const storage = new RedisStorage({
    url,
    ...options,
    logger: { warn: (message) => warnings.push(message) },
  } as RedisStorageOptions)
  try {
    await storage.open()
  } finally {
    await storage.close()
  }
  return warnings
}

async function withConfig<T>(config: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const before = await Promise.all(
    Object.keys(config).map(
      async (name) => [name, String(((await server.client.config('GET', name)) as string[])[1])] as const,
    ),
  )
  for (const [name, value] of Object.entries(config)) await server.client.config('SET', name, value)
  try {
    return await work()
  } finally {
    for (const [name, value] of before) await server.client.config('SET', name, value)
  }
}

describe('open', () => {
  test('with readOnly leaves an empty store empty, reads what another writes, and refuses to write', async () => {
    const options = { url: server.url, namespace: 'looked-at' }
    const [reader, writer] = [new RedisStorage({ ...options, readOnly: true }), new RedisStorage(options)]
    await reader.open()
    expect(await reader.stats()).toMatchObject({ pending: 0, machines: 0 })
    expect(await server.client.keys('looked-at*')).toEqual([])
    await writer.open()
    await writer.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }])
    expect(await reader.stats()).toMatchObject({ pending: 1 })
    await expect(reader.deleteSignals()).rejects.toMatchObject({ code: 'storage_read_only', adapter: 'redis' })
    expect(await writer.stats()).toMatchObject({ pending: 1 })
    await Promise.all([reader.close(), writer.close()])
  })

  test('by eight processes at once on an empty store succeeds in all of them, in 20 rounds', async () => {
    const script = await bundleProgram(new URL('./fixtures/open-on-command.mjs', import.meta.url))
    const children: ChildProcess[] = Array.from({ length: 8 }, () =>
      spawn(process.execPath, [script, server.url], { stdio: ['pipe', 'pipe', 'inherit'] }),
    )
    const answers = children.map((child) => createInterface(child.stdout!)[Symbol.asyncIterator]())
    for (let round = 0; round < 20; round++) {
      const namespace = `open-${round}`
      for (const child of children) child.stdin!.write(`${namespace}\n`)
      const outcomes = await Promise.all(answers.map(async (lines) => (await lines.next()).value))
      expect(outcomes).toEqual(Array.from({ length: 8 }, () => 'opened'))
      expect(await server.client.hgetall(`${namespace}:meta`)).toEqual({ schema: '1', shards: '1' })
    }
    for (const child of children) child.stdin!.end()
  })

  test('refuses a store of a newer schema by name and leaves it as it is', async () => {
    await server.client.hset('newer:meta', { schema: '2', shards: '4', future: 'yes' })
    const storage = new RedisStorage({ url: server.url, namespace: 'newer' })
    await expect(storage.open()).rejects.toMatchObject({
      code: 'storage_schema_newer',
      message: expect.stringContaining('schema 2'),
    })
    expect(await server.client.hgetall('newer:meta')).toEqual({ schema: '2', shards: '4', future: 'yes' })
    expect(await keysOf(server.client, 'newer:*')).toEqual(['newer:meta'])
    await storage.close()
  })

  test('may be tried again after it failed', async () => {
    await server.client.hset('again:meta', { schema: '2', shards: '1' })
    const storage = new RedisStorage({ url: server.url, namespace: 'again' })
    await expect(storage.open()).rejects.toMatchObject({ code: 'storage_schema_newer' })
    await server.client.del('again:meta')
    await storage.open()
    expect((await storage.stats()).machines).toBe(0)
    await storage.close()
  })

  test('says nothing about a server that keeps its data on disk, by an append-only file or by snapshots', async () => {
    expect(await warningsOf()).toEqual([])
    expect(await withConfig({ appendonly: 'no', save: '60 1' }, () => warningsOf())).toEqual([])
  })

  test('warns when the server keeps nothing on disk', async () => {
    const warnings = await withConfig({ appendonly: 'no', save: '' }, () => warningsOf())
    expect(warnings).toEqual([expect.stringContaining('keeps nothing on disk')])
  })

  test('refuses a server that may evict the queue, unless told otherwise, and leaves nothing in it', async () => {
    await withConfig({ 'maxmemory-policy': 'allkeys-lru' }, async () => {
      await expect(warningsOf({ namespace: 'evict' })).rejects.toMatchObject({
        code: 'storage_failed',
        message: expect.stringMatching(/allkeys-lru.*allowEviction/),
      })
      expect(await keysOf(server.client, 'evict:*')).toEqual([])
      expect(await warningsOf({ namespace: 'evict', allowEviction: true })).toEqual([])
    })
  })

  test('refuses to acknowledge signals when eviction is switched on later, at most 30 seconds late, and takes them again afterwards', async () => {
    let offsetMs = 0
    const options = { url: server.url, namespace: 'later', testClockOffsetMs: () => offsetMs }
    const storage = new RedisStorage(options)
    const careless = new RedisStorage({ ...options, allowEviction: true })
    await Promise.all([storage.open(), careless.open()])
    const add = (to: RedisStorage) => to.enqueue([{ machineId: 'm', uuid: randomUUID(), payload: '{}' }])
    await withConfig({ 'maxmemory-policy': 'allkeys-lru' }, async () => {
      offsetMs += 30_000
      for (let tries = 0; tries < 2; tries += 1)
        await expect(add(storage)).rejects.toMatchObject({
          code: 'storage_unavailable',
          driverCode: 'EVICTION',
          retryable: true,
          message: expect.stringContaining('allkeys-lru'),
        })
      expect(await add(careless)).toEqual({ added: 1, duplicates: 0 })
      const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 1 })
      expect(await storage.settle(lease!, { sent: lease!.signals.map(({ uuid }) => uuid) })).toEqual({ lost: false })
    })
    expect(await add(storage)).toEqual({ added: 1, duplicates: 0 })
    await Promise.all([storage.close(), careless.close()])
  })

  test('warns once when the server stops keeping its data on disk', async () => {
    let offsetMs = 0
    const warnings: string[] = []
    const logger = { warn: (message: string) => warnings.push(message) }
    const storage = new RedisStorage({
      url: server.url,
      namespace: 'forgets',
      logger,
      testClockOffsetMs: () => offsetMs,
    })
    await storage.open()
    const add = async () => {
      offsetMs += 30_000
      await storage.enqueue([{ machineId: 'm', uuid: randomUUID(), payload: '{}' }])
    }
    await add()
    expect(warnings).toEqual([])
    await withConfig({ appendonly: 'no' }, async () => {
      await add()
      await add()
    })
    expect(warnings).toEqual([expect.stringContaining('keeps nothing on disk')])
    await storage.close()
  })

  test('warns when a user may read neither INFO nor CONFIG, and works with the rights that the README lists', async () => {
    await server.client.call(
      'ACL',
      'SETUSER',
      'app',
      'on',
      '>secret',
      'resetkeys',
      '~limited:*',
      '-@all',
      '+eval',
      '+evalsha',
      '+hello',
      '+auth',
      '+quit',
      '+client',
    )
    for (const command of [
      'time',
      'del',
      'unlink',
      'exists',
      'persist',
      'pexpire',
      '@hash',
      '@list',
      '@set',
      '@sortedset',
    ])
      await server.client.call('ACL', 'SETUSER', 'app', `+${command}`)
    const url = server.url.replace('redis://', 'redis://app:secret@')
    const warnings = await warningsOf({ namespace: 'limited' }, url)
    expect(warnings).toEqual([expect.stringContaining('eviction policy'), expect.stringContaining('on disk')])
    await expect(warningsOf({ namespace: 'elsewhere' }, url)).rejects.toMatchObject({
      code: 'storage_failed',
      driverCode: 'NOPERM',
    })
  })
})

describe('a client that was handed in', () => {
  test('is used as it is and stays open, without listeners or commands of ours', async () => {
    const mine = new Redis(server.url)
    const listeners = mine.listenerCount('error')
    const storage = new RedisStorage({ client: mine, namespace: 'mine' })
    await storage.open()
    await storage.enqueue([{ machineId: 'm', uuid: randomUUID(), payload: '{}' }])
    await storage.close()
    expect(await mine.ping()).toBe('PONG')
    expect(mine.listenerCount('error')).toBe(listeners)
    await mine.quit()
  })
})

describe('a storage', () => {
  test('that was not opened says so', async () => {
    const storage = new RedisStorage({ url: server.url })
    await expect(storage.stats()).rejects.toMatchObject({
      code: 'storage_closed',
      message: expect.stringContaining('call open()'),
    })
    await storage.close()
  })

  test('whose namespace holds keys of another program says that, instead of an odd failure', async () => {
    await server.client.set('taken:meta', 'something else')
    const storage = new RedisStorage({ url: server.url, namespace: 'taken' })
    await expect(storage.open()).rejects.toMatchObject({
      code: 'storage_corrupt',
      message: expect.stringContaining('namespace'),
    })
    await storage.close()
  })
})
