import { randomUUID } from 'node:crypto'
import { startRedis, type TestServer } from '@cscapi/test-servers'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RedisStorage } from '../src/index.js'
import { scripts } from '../src/scripts.gen.js'
import { emptyStore, type NamedStore } from './harness.js'

/**
 * A driver that sends each command twice and hands out the second answer, as one does that lost the
 * first.
 */
class RepeatingRedis extends Redis {
  isRepeating = false

  override sendCommand(
    command: Parameters<Redis['sendCommand']>[0],
    stream?: Parameters<Redis['sendCommand']>[1],
  ): unknown {
    const [sha = '', keys = 0, ...args] = command.args as string[]
    // A claim that is repeated finds its machine claimed: it is offered again after five seconds.
    if (!this.isRepeating || command.name !== 'EVALSHA' || sha === scripts.claim.sha)
      return super.sendCommand(command, stream)
    this.isRepeating = false
    const first = this.call('evalsha', sha, keys, ...args)
    this.isRepeating = true
    return first.then(() => super.sendCommand(command, stream))
  }
}

let server: TestServer
let client: RepeatingRedis
let storage: RedisStorage
let store: NamedStore

beforeAll(async () => {
  server = await startRedis()
  client = new RepeatingRedis(server.url)
  const empty = await emptyStore({ url: server.url })
  store = empty
  storage = new RedisStorage({ client, namespace: empty.namespace })
  await storage.open()
  await storage.enqueue([{ machineId: 'warm-up', uuid: randomUUID(), payload: '{}' }])
  await storage.deleteMachines(['warm-up'])
  await storage.lease({ leaseMs: 1, maxSignals: 1 })
  await storage.setState('warm-up', undefined)
  client.isRepeating = true
})
afterAll(async () => {
  await storage.close()
  await store.destroy()
  client.disconnect()
  await server.stop()
})

describe('a command that the driver repeats because its answer was lost', () => {
  test('enqueues once', async () => {
    await storage.enqueue([
      { machineId: 'm', uuid: 'one', payload: '{}' },
      { machineId: 'm', uuid: 'two', payload: '{}' },
    ])
    expect(await storage.stats()).toMatchObject({ pending: 2, machines: 1 })
  })

  test('gives the same lease, not one to nobody', async () => {
    const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 1 })
    expect(lease?.signals).toEqual([{ uuid: 'one', payload: '{}' }])
    expect(await storage.stats()).toMatchObject({ pending: 1, leased: 1 })
  })

  test('wins a version check that it has won already', async () => {
    const version = await storage.setState('lock', new Uint8Array([1]), { ifVersion: 0 })
    expect(version).toBeGreaterThan(0)
    expect((await storage.getState('lock'))?.version).toBe(version)
  })
})
