import { startRedis, type TestServer } from '@cscapi/test-servers'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RedisStorage } from '../src/index.js'
import { scripts } from '../src/scripts.gen.js'
import { emptyStore } from './harness.js'

let server: TestServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

const AHEAD_MS = 4_000

/** The scripts of the index see a clock that is ahead, as if the node that has it were. */
class ConnectionToApartClocks extends Redis {
  claims = 0

  override sendCommand(
    command: Parameters<Redis['sendCommand']>[0],
    stream?: Parameters<Redis['sendCommand']>[1],
  ): unknown {
    const [script, keys] = command.args
    if (script === scripts.claim.sha || script === scripts.claim.lua) this.claims += 1
    if (String(command.args[2]).includes(':i:')) {
      const at = 2 + Number(keys)
      command.args[at] = String(Number(command.args[at]) + AHEAD_MS * 1_000)
    }
    return super.sendCommand(command, stream)
  }
}

test('a machine that is due by the clock of the index, and not yet by its partition’s, is not asked for again and again', async () => {
  const store = await emptyStore({ url: server.url })
  const client = new ConnectionToApartClocks(server.url)
  let offsetMs = 0
  const storage = new RedisStorage({ client, namespace: store.namespace, testClockOffsetMs: () => offsetMs })
  await storage.open()
  await storage.enqueue([
    { machineId: 'm', uuid: 'one', payload: '{}' },
    { machineId: 'm', uuid: 'two', payload: '{}' },
  ])
  const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 1 })
  await storage.settle(lease!, { sent: ['one'], retry: { afterMs: AHEAD_MS - 1_000 } })

  client.claims = 0
  expect(await storage.lease({ leaseMs: 60_000, maxSignals: 1 })).toBeUndefined()
  expect(client.claims).toBeLessThan(10)
  await storage.enqueue([{ machineId: 'other', uuid: 'three', payload: '{}' }])
  expect(await storage.lease({ leaseMs: 60_000, maxSignals: 1 })).toMatchObject({ machineId: 'other' })

  // By now it is due for both, and its claim has run out.
  offsetMs += 6_000
  expect(await storage.lease({ leaseMs: 60_000, maxSignals: 1 })).toMatchObject({ machineId: 'm' })
  await storage.close()
  client.disconnect()
  await store.destroy()
})
