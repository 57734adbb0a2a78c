import { join } from 'node:path'
import { copyStorage, MemoryStorage, type Storage } from '@cscapi/storage'
import { PostgresStorage } from '@cscapi/storage-postgres'
import { RedisStorage } from '@cscapi/storage-redis'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { startPostgres, startRedis } from '@cscapi/test-servers'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { expect, test } from 'vitest'
import { HOUR_MS, machine } from './arrange.js'

const MACHINES = 5
const EACH = 300

const text = (value: string) => new TextEncoder().encode(value)

/** A store with machines of every kind and signals of every status. */
async function fill(storage: Storage): Promise<void> {
  await storage.setState('environment', text('https://api.crowdsec.net/v3'))
  for (let number = 0; number < MACHINES; number += 1) {
    const machineId = machine(number)
    if (number > 0) await storage.createMachine({ machineId, password: `password-${number}` })
    if (number > 1)
      await storage.updateMachine(machineId, {
        registered: true,
        authFailures: number,
        token: { value: `token-${number}`, scenarios: ['acme/x'], lifetimeMs: HOUR_MS },
      })
    await storage.enqueue(
      Array.from({ length: EACH }, (_, index) => ({
        machineId,
        uuid: `u-${number}-${String(index).padStart(4, '0')}`,
        payload: `{"n":${index},"é":"😀"}`,
      })),
    )
  }
  for (let number = 0; number < MACHINES; number += 1) {
    const lease = await storage.lease({ leaseMs: HOUR_MS, maxSignals: 40 })
    if (lease === undefined) throw new Error('nothing is due')
    const uuids = lease.signals.map(({ uuid }) => uuid)
    const rejected = uuids.slice(5, 15).map((uuid) => ({ uuid, reason: `no to ${uuid}`, status: 400 }))
    await storage.settle(lease, { sent: uuids.slice(20, 30), keepSent: true, rejected })
  }
  await storage.updateMachine(machine(2), {
    failing: { reason: 'credentials_refused', message: 'no', count: 2, retryAfterMs: HOUR_MS },
  })
}

/** Everything in a store that a copy takes along. */
async function contentOf(storage: Storage) {
  const { machines } = await storage.listMachines()
  const signals: Record<string, string[]> = {}
  for (const status of ['pending', 'rejected', 'sent'] as const) {
    for (let number = 0; number < MACHINES; number += 1) {
      const page = await storage.listSignals({ status, machineId: machine(number) }, { limit: EACH })
      signals[`${status} ${number}`] = page.signals.map(
        ({ uuid, payload, reason, httpStatus }) => `${uuid} ${payload} ${reason} ${httpStatus}`,
      )
      if (status !== 'pending') signals[`${status} ${number}`]?.sort()
    }
  }
  return {
    environment: new TextDecoder().decode((await storage.getState('environment'))?.value),
    signals,
    machines: machines.map(({ token, failing, ...machine }) => ({
      ...machine,
      token: token && { value: token.value, scenarios: token.scenarios, isGood: (token.expiresInMs ?? 0) > 0 },
      failing: failing && {
        reason: failing.reason,
        message: failing.message,
        count: failing.count,
        waits: failing.retryInMs > 0,
      },
    })),
  }
}

test('a store is moved from memory to SQLite to PostgreSQL to Redis and back, with a break in between each time, and nothing is lost', async () => {
  const redis = await startRedis()
  const postgres = await startPostgres()
  const stores = [
    new MemoryStorage(),
    new SqliteStorage({ path: join(temporaryFolder(), 'cscapi.db') }),
    new PostgresStorage({ url: postgres.url, schema: 'copy' }),
    new RedisStorage({ url: redis.url, namespace: 'copy' }),
    new MemoryStorage(),
  ]
  try {
    for (const store of stores) await store.open()
    await fill(stores[0] as Storage)
    const content = await contentOf(stores[0] as Storage)
    expect(content.signals['rejected 3']?.length).toBe(10)
    expect(content.signals['sent 3']?.length).toBe(10)
    expect(content.signals['pending 3']?.length).toBe(280)
    for (let index = 1; index < stores.length; index += 1) {
      const [from, to] = [stores[index - 1] as Storage, stores[index] as Storage]
      for (let pages = 1; pages <= 4; pages += 1) {
        const stop = new AbortController()
        let seen = 0
        const onProgress = () => {
          seen += 1
          if (seen === pages) stop.abort(new Error('pulled the plug'))
        }
        await expect(copyStorage(from, to, { onProgress, signal: stop.signal })).rejects.toThrow('pulled the plug')
      }
      expect(await copyStorage(from, to)).toEqual({ machines: MACHINES - 1, signals: MACHINES * EACH })
      expect(await contentOf(to)).toEqual(content)
      expect(await contentOf(from)).toEqual(content)
    }
  } finally {
    for (const store of stores) await store.close()
    await redis.stop()
    await postgres.stop()
  }
})

test('a copy that dies between taking and settling says to wait, and is whole after the repeat', async () => {
  let now = 0
  class DyingOnce extends MemoryStorage {
    #died = false
    override async settle(...args: Parameters<MemoryStorage['settle']>) {
      if (this.#died) return super.settle(...args)
      this.#died = true
      throw new Error('killed')
    }
  }
  const from = new MemoryStorage({ now: () => now })
  await fill(from)
  const to = new DyingOnce({ now: () => now })
  await expect(copyStorage(from, to)).rejects.toThrow('killed')
  await expect(copyStorage(from, to)).rejects.toMatchObject({ code: 'storage_busy', retryable: true })
  now += 60_001
  await copyStorage(from, to)
  expect((await contentOf(to)).signals).toEqual((await contentOf(from)).signals)
})
