import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PostPlan } from './split-batch.js'

const signals = (count: number) => Array.from({ length: count }, (_, index) => ({ uuid: String(index), payload: 'x' }))

/** Posts all to a server that refuses whatever holds an offender. */
function postAll(count: number, offenders: ReadonlySet<number>, maxBytes = 1_000_000) {
  const plan = new PostPlan(signals(count), maxBytes)
  const sent: number[] = []
  const rejected: number[] = []
  const sizes: number[] = []
  for (let batch = plan.first; batch !== undefined; batch = plan.first) {
    const positions = batch.map(({ uuid }) => Number(uuid))
    sizes.push(batch.length)
    if (!positions.some((position) => offenders.has(position))) {
      sent.push(...positions)
      plan.posted()
    } else if (batch.length > 1) plan.split()
    else {
      rejected.push(...positions)
      plan.rejected()
    }
  }
  return { sent, rejected, sizes, requests: sizes.length }
}

const worstFor = (count: number) =>
  Math.max(...signals(count).map((_, offender) => postAll(count, new Set([offender])).requests - 1))

describe('a batch with offenders', () => {
  test('a lone offender costs at most 2 × log2(batch) more requests, wherever it stands', () => {
    for (const count of [32, 33, 47, 48, 50, 63, 64, 65, 100, 127, 128, 250, 255, 256]) {
      expect([count, worstFor(count) <= 2 * Math.log2(count)]).toEqual([count, true])
    }
    for (let count = 2; count < 32; count += 1) expect(worstFor(count)).toBeLessThan(2 * Math.log2(count) + 1)
  })

  test('it is halved first', () => {
    expect(postAll(50, new Set([49])).sizes.slice(0, 3)).toEqual([50, 25, 25])
  })

  test('once a lone offender is found, the rest goes out in one piece', () => {
    expect(postAll(50, new Set([0])).sizes.at(-1)).toBe(49)
  })

  test('where all are offenders, each costs little more than two requests', () => {
    for (const count of [2, 50, 250]) {
      expect(postAll(count, new Set(signals(count).keys())).requests).toBeLessThan(2 * count + 20)
    }
  })

  test('whatever the offenders: they alone are rejected, all others go through, in order and once', () => {
    const plan = fc.integer({ min: 1, max: 120 }).chain((count) =>
      fc.record({
        count: fc.constant(count),
        offenders: fc.uniqueArray(fc.integer({ min: 0, max: count - 1 })),
        maxBytes: fc.integer({ min: 4, max: 300 }),
      }),
    )
    fc.assert(
      fc.property(plan, ({ count, offenders, maxBytes }) => {
        const { sent, rejected } = postAll(count, new Set(offenders), maxBytes)
        expect(rejected).toEqual([...offenders].sort((a, b) => a - b))
        expect(sent).toEqual([...signals(count).keys()].filter((position) => !offenders.includes(position)))
      }),
      { numRuns: 500 },
    )
  })
})

test('a lease is cut by bytes first; a signal that is larger alone stands alone', () => {
  const lease = ['a', 'b'.repeat(100), 'c', 'd'].map((payload, index) => ({ uuid: String(index), payload }))
  const plan = new PostPlan(lease, 10)
  const sizes: number[] = []
  for (let batch = plan.first; batch !== undefined; batch = plan.first) {
    sizes.push(batch.length)
    plan.posted()
  }
  expect(sizes).toEqual([1, 1, 2])
})
