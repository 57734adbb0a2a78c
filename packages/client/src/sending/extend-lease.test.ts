import { MemoryStorage, type SignalLease } from '@cscapi/storage'
import { describe, expect, test } from 'vitest'
import { HeldLease } from './extend-lease.js'

const LEASE_MS = 120_000

/** A lease of one signal, and a clock that says what it is told to. */
async function arrange() {
  let now = 1_000_000
  const storage = new MemoryStorage({ now: () => now })
  await storage.open()
  await storage.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }])
  const take = () => storage.lease({ leaseMs: LEASE_MS, maxSignals: 1 })
  const lease: SignalLease = (await take()) ?? expect.fail('nothing is due')
  const held = new HeldLease(storage, lease, { clock: { now: () => now }, leaseMs: LEASE_MS })
  const advance = (ms: number) => {
    now += ms
  }
  return { held, take, advance }
}

describe('a lease that is held', () => {
  test('is extended once half of it is over, as often as it takes', async () => {
    const { held, take, advance } = await arrange()
    for (let part = 0; part < 10; part += 1) {
      advance(LEASE_MS / 2)
      expect(await held.extendIfDue()).toBe(true)
    }
    expect(await take(), 'nobody else gets it').toBeUndefined()
  })

  test('is left as it is before that', async () => {
    const { held, take, advance } = await arrange()
    advance(LEASE_MS / 2 - 1)
    expect(await held.extendIfDue()).toBe(true)
    advance(LEASE_MS / 2 + 1)
    expect(await take(), 'it ran out').toBeDefined()
  })

  test('is extended where a clock that was set back does not say how old it is', async () => {
    const { held, take, advance } = await arrange()
    advance(-1)
    expect(await held.extendIfDue()).toBe(true)
    advance(LEASE_MS - 1)
    expect(await take()).toBeUndefined()
  })

  test('is lost once another worker has it, and stays so', async () => {
    const { held, take, advance } = await arrange()
    advance(LEASE_MS)
    await take()
    expect(await held.extendIfDue()).toBe(false)
    expect(held.isLost).toBe(true)
    expect(await held.extendIfDue()).toBe(false)
  })
})
