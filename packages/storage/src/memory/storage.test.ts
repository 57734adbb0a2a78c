import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { MemoryStorage } from './storage.js'

const signal = { machineId: 'm', uuid: 'u', payload: '{}' }

test('two instances know nothing of each other, unless one shares the other’s store', async () => {
  const first = new MemoryStorage()
  const stranger = new MemoryStorage()
  const second = new MemoryStorage({ shared: first })
  await first.enqueue([signal])
  expect(await stranger.stats()).toMatchObject({ pending: 0 })
  expect(await second.stats()).toMatchObject({ pending: 1 })
})

test('a store that is shared has one clock, that of the instance which made it', async () => {
  let now = 0
  const first = new MemoryStorage({ now: () => now })
  const second = new MemoryStorage({ shared: first, now: () => 1e15 })
  await first.setState('k', new Uint8Array(1), { expiresInMs: 10 })
  expect(await second.getState('k')).toMatchObject({ expiresInMs: 10 })
  now = 10
  expect(await second.getState('k')).toBeUndefined()
})

test('printing a storage shows no password and no token', async () => {
  const storage = new MemoryStorage()
  await storage.createMachine({ machineId: 'm', password: 'pass-word-secret' })
  await storage.updateMachine('m', { token: { value: 'token-secret', scenarios: [], lifetimeMs: undefined } })
  expect(inspect(storage, { depth: 20, showHidden: true })).not.toContain('secret')
  expect(JSON.stringify(storage)).not.toContain('secret')
})

test('a lease finds its signals behind a hundred thousand that were sent, with one stuck before them', async () => {
  const storage = new MemoryStorage({ now: () => 0 })
  const batch = Array.from({ length: 100_000 }, (_, index) => ({ ...signal, uuid: String(index) }))
  await storage.enqueue(batch)
  const seen = new Set<string>()
  for (let lease = await storage.lease({ leaseMs: 1, maxSignals: 100 }); lease; ) {
    const [, ...others] = lease.signals.map(({ uuid }) => uuid)
    for (const uuid of others) seen.add(uuid)
    await storage.settle(lease, { sent: others })
    if (others.length === 0) break
    lease = await storage.lease({ leaseMs: 1, maxSignals: 100 })
  }
  expect(seen.size).toBe(99_999)
  expect(await storage.stats()).toMatchObject({ pending: 1, sent: 99_999 })
})
