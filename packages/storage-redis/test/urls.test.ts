import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRedis, type TestServer } from '@cscapi/test-servers'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RedisStorage } from '../src/index.js'

const folder = mkdtempSync(join(tmpdir(), 'cscapi-socket-'))
const socket = join(folder, 'my redis.sock')
let server: TestServer

beforeAll(async () => {
  server = await startRedis({ password: 'p@ss word', config: { unixsocket: socket, databases: '4' } })
})
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true })
})

/** The databases in which a store that was opened with the URL keeps its keys. */
async function databasesOf(url: string): Promise<string[]> {
  const storage = new RedisStorage({ url })
  await storage.open()
  await storage.setState('k', new Uint8Array([1]))
  await storage.close()
  const admin = new Redis(server.url)
  const keyspace = await admin.info('keyspace')
  await admin.flushall()
  await admin.quit()
  return [...keyspace.matchAll(/^db(\d+)/gm)].map(([, number]) => String(number))
}

describe('a store opened with a URL', () => {
  test.each([
    ['valkey://', '', '0'],
    ['valkey://', '/2', '2'],
    ['REDIS://', '/', '0'],
    ['redis://', '/3', '3'],
  ])('of %s and the path "%s" is in database %s', async (scheme, path, database) => {
    expect(await databasesOf(server.url.replace('redis://', scheme) + path)).toEqual([database])
  })

  test.each([
    ['', '0'],
    ['?db=1', '1'],
  ])('of a Unix socket and "%s" is in database %s', async (query, database) => {
    const url = `unix://:${encodeURIComponent('p@ss word')}@${socket.replace(' ', '%20')}${query}`
    expect(await databasesOf(url)).toEqual([database])
  })

  test('for a database that the server does not have is refused by name, and database 0 is left alone', async () => {
    const storage = new RedisStorage({ url: `${server.url}/4` })
    await expect(storage.open()).rejects.toMatchObject({
      code: 'storage_failed',
      driverCode: 'DBINDEX',
      retryable: false,
      message: expect.stringContaining('fewer databases'),
    })
    await storage.close()
    const admin = new Redis(server.url)
    expect(await admin.dbsize()).toBe(0)
    await admin.quit()
  })

  test('writes nothing into database 0 where the server lost the rights or databases meanwhile', async () => {
    const storage = new RedisStorage({
      url: `${server.url.replace('//:p%40ss%20word', '//app:app1')}/3`,
      namespace: 'app',
    })
    const admin = new Redis(server.url)
    await admin.call('ACL', 'SETUSER', 'app', 'on', '>app1', '~*', '+@all')
    await storage.open()
    await admin.call('ACL', 'SETUSER', 'app', '-select')
    await admin.call('CLIENT', 'KILL', 'USER', 'app')
    await expect(storage.setState('k', new Uint8Array([1]))).rejects.toMatchObject({ name: 'StorageError' })
    await expect(storage.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }])).rejects.toMatchObject({
      name: 'StorageError',
    })
    expect(await admin.dbsize()).toBe(0)
    await storage.close()
    await admin.flushall()
    await admin.quit()
  })

  test.each(['redis://host/cscapi', 'redis://host:0', 'redis://:s3cret-word@/1', 'mysql://u:s3cret-word@h'])(
    '%s is refused by the constructor, before anything connects, and no password is shown',
    (url) => {
      let message = ''
      try {
        new RedisStorage({ url })
      } catch (error) {
        message = String(error)
      }
      expect(message).toMatch(/^InputError: RedisStorage was not made: url: /)
      expect(message).not.toContain('s3cret-word')
    },
  )
})
