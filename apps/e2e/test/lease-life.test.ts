import type { ClientEventName } from '@cscapi/client'
import { describe, expect, test } from 'vitest'
import { arrange, MINUTE_MS, machine, signalsOf } from './arrange.js'

const LEASE_MS = 2 * MINUTE_MS

/**
 * A sender whose lease of 50 signals takes several POSTs; `during` runs in the middle of the first
 * call whose path ends so.
 */
function arrangeSender(path: string, during: () => Promise<void> | void, times = Number.POSITIVE_INFINITY) {
  const arranged = arrange()
  let left = times
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input)
    if (pathname.endsWith(path) && left > 0) {
      left -= 1
      await during()
    }
    return arranged.emulator.fetch(input, init)
  }
  const sender = arranged.connect({ fetch, leaseMs: LEASE_MS, maxBatchBytes: 4_000 })
  const told: ClientEventName[] = []
  for (const name of ['sent', 'rejected', 'postponed'] as const) sender.on(name, () => told.push(name))
  return { ...arranged, sender, told }
}

describe('a lease', () => {
  test('is extended at half its life, so that a slow server costs no repeats', async () => {
    const seen: unknown[] = []
    const { sender, storage, emulator, advance } = arrangeSender('/signals', async () => {
      advance(50_000)
      seen.push(await storage.lease({ leaseMs: 1, maxSignals: 1 }))
    })
    await sender.addSignals(signalsOf(machine(), 50))
    expect(await sender.sendSignals()).toMatchObject({ sent: 50, postponed: 0 })
    // Far longer than one lease, and nobody else could take it.
    expect(seen.length * 50_000).toBeGreaterThan(2 * LEASE_MS)
    expect(seen.filter((lease) => lease !== undefined)).toEqual([])
    expect(emulator.signals.duplicates()).toEqual([])
  })

  test('is extended too when the host’s clock is set back in the middle', async () => {
    const { storage, emulator, advance, connect, clock } = arrange()
    let offMs = 0
    const seen: unknown[] = []
    const fetch: typeof globalThis.fetch = async (input, init) => {
      if (new URL(input instanceof Request ? input.url : input).pathname.endsWith('/signals')) {
        advance(50_000)
        offMs = -120 * MINUTE_MS
        seen.push(await storage.lease({ leaseMs: 1, maxSignals: 1 }))
      }
      return emulator.fetch(input, init)
    }
    const hostClock = { ...clock, now: () => clock.now() + offMs }
    const sender = connect({ fetch, clock: hostClock, leaseMs: LEASE_MS, maxBatchBytes: 4_000 })
    await sender.addSignals(signalsOf(machine(), 50))
    expect(await sender.sendSignals()).toMatchObject({ sent: 50 })
    expect(seen.filter((lease) => lease !== undefined)).toEqual([])
    expect(emulator.signals.duplicates()).toEqual([])
  })

  test('that another process has taken over is left to it: at most what was in flight is repeated, and nothing is told twice', async () => {
    const { sender, told, connect, emulator, advance } = arrangeSender(
      '/signals',
      async () => {
        advance(LEASE_MS + 1)
        expect(await connect().sendSignals()).toMatchObject({ sent: 50 })
      },
      1,
    )
    await sender.addSignals(signalsOf(machine(), 50))
    const report = await sender.sendSignals()
    expect(report).toMatchObject({ rejected: 0, postponed: 0 })
    expect(report.sent).toBeLessThan(50)
    expect(emulator.signals.duplicates()).toHaveLength(report.sent)
    expect(emulator.signals.size).toBe(50)
    expect(told).toEqual([])
    expect(await sender.stats()).toMatchObject({ pending: 0, leased: 0, sent: 50 })
  })

  test('that ran out while its machine was logged in is not sent for', async () => {
    const { sender, told, connect, emulator, advance } = arrangeSender(
      '/login',
      async () => {
        advance(LEASE_MS + 1)
        expect(await connect().sendSignals()).toMatchObject({ sent: 50 })
      },
      1,
    )
    await sender.addSignals(signalsOf(machine(), 50))
    expect(await sender.sendSignals()).toMatchObject({ sent: 0, rejected: 0, postponed: 0 })
    expect(emulator.signals.duplicates()).toEqual([])
    expect(emulator.signals.size).toBe(50)
    expect(told).toEqual([])
  })
})
