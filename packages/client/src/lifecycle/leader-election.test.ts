import { MemoryStorage } from '@cscapi/storage'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LeaderPlace } from './leader-election.js'

const HOLD_MS = 1_000

function setUp(places = 2) {
  let now = 0
  const state = new MemoryStorage({ now: () => now })
  const advance = (ms: number) => {
    now += ms
  }
  return { advance, places: Array.from({ length: places }, () => new LeaderPlace(state, HOLD_MS)) }
}

describe('the leader’s place', () => {
  test('goes to the first who takes it, and is free again when it is left', async () => {
    const { places } = setUp()
    const [one, other] = places as [LeaderPlace, LeaderPlace]
    expect(await one.take()).toBe(true)
    expect(await other.take()).toBe(false)
    await one.leave()
    expect(await other.take()).toBe(true)
    expect(await one.renew()).toBe(false)
  })

  test.each([10_000, 4 * 366 * 24 * 3_600_000])(
    'is free when its leader died under a clock that was %d ms ahead, once the clock is right',
    async (aheadMs) => {
      const { places, advance } = setUp()
      const [dead, next] = places as [LeaderPlace, LeaderPlace]
      advance(aheadMs)
      expect(await dead.take()).toBe(true)
      expect(await next.take()).toBe(false)
      advance(-aheadMs)
      expect(await next.take()).toBe(true)
      expect(await dead.renew()).toBe(false)
    },
  )

  test('is kept by renewing it, and lost when the hold runs out first', async () => {
    const { places, advance } = setUp()
    const [one, other] = places as [LeaderPlace, LeaderPlace]
    await one.take()
    for (let time = 0; time < 5; time += 1) {
      advance(HOLD_MS - 1)
      expect(await one.renew()).toBe(true)
    }
    advance(HOLD_MS)
    expect(await other.take()).toBe(true)
    expect(await one.renew()).toBe(false)
    await one.leave()
    expect(await other.renew()).toBe(true)
  })

  test('never has two leaders whose hold is not over, whatever they do', async () => {
    const step = fc.record({
      place: fc.nat({ max: 2 }),
      act: fc.constantFrom('take' as const, 'renew' as const, 'leave' as const),
      afterMs: fc.nat({ max: 700 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { places, advance } = setUp(3)
        const leadsUntil = places.map(() => 0)
        let now = 0
        for (const { place, act, afterMs } of steps) {
          advance(afterMs)
          now += afterMs
          // A leader that takes its place again would lead twice; the scheduler never does.
          if (act === 'take' && (leadsUntil[place] ?? 0) > now) continue
          const leads = await places[place]?.[act]()
          leadsUntil[place] = leads === true ? now + HOLD_MS : 0
          expect(leadsUntil.filter((until) => until > now).length).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})
