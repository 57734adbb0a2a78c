import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DueQueue } from './due-queue.js'

const id = fc.nat(40).map(String)
const step = fc.record({ id, dueAt: fc.option(fc.nat(100), { nil: undefined, freq: 4 }), now: fc.nat(100) })

test('the first id is one that has been due longest, however often times were changed', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 300, maxLength: 600, size: 'max' }), (steps) => {
      const queue = new DueQueue()
      const times = new Map<string, number>()
      for (const { id, dueAt, now } of steps) {
        queue.set(id, dueAt, now)
        if (dueAt === undefined) times.delete(id)
        else times.set(id, dueAt)
        const earliest = Math.min(...times.values())
        const first = queue.first(now)
        if (earliest > now) expect(first).toBeUndefined()
        else expect(times.get(first!)).toBe(earliest)
      }
    }),
    { numRuns: 50 },
  )
})

test('of ids that are due at the same time, the one set first comes first', () => {
  const queue = new DueQueue()
  for (const id of ['c', 'a', 'b']) queue.set(id, 1, 1)
  queue.set('c', 1, 1)
  const served: (string | undefined)[] = []
  for (let turn = 0; turn < 4; turn += 1) {
    const first = queue.first(1)
    served.push(first)
    if (first !== undefined) queue.set(first, undefined, 1)
  }
  expect(served).toEqual(['a', 'b', 'c', undefined])
})

test('what was set under a clock that has been put back since is due now', () => {
  const queue = new DueQueue()
  queue.set('ahead', 1_000_000_000, 1_000_000_000)
  queue.set('waits', 60_000, 0)
  queue.set('due', 0, 0)
  expect(queue.first(10)).toBe('due')
  queue.set('due', undefined, 10)
  expect(queue.first(10)).toBe('ahead')
  queue.set('ahead', undefined, 10)
  expect(queue.first(10)).toBeUndefined()
  expect(queue.first(60_000)).toBe('waits')
})
