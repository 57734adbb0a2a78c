import { expect, test } from 'vitest'
import { SimulatedWorkers } from './simulated-workers.js'

/** Jobs 0, 1, 2 … of which each is noted when it is taken and when it is done. */
async function life(workers: number, latenciesMs: readonly number[], jobs: number) {
  const taken: number[] = []
  const done: (readonly [job: number, nowMs: number])[] = []
  let next = 0
  await new SimulatedWorkers<number>(workers, latenciesMs).run({
    async take(nowMs) {
      if (next === jobs) return undefined
      taken.push(nowMs)
      next += 1
      return next - 1
    },
    async finish(job, nowMs) {
      done.push([job, nowMs])
    },
  })
  return { taken, done }
}

test('no more jobs are on than there are workers, and each lasts its latency', async () => {
  const { taken, done } = await life(2, [10], 5)
  expect(taken).toEqual([0, 0, 10, 10, 20])
  expect(done).toEqual([
    [0, 10],
    [1, 10],
    [2, 20],
    [3, 20],
    [4, 30],
  ])
})

test('a worker takes its next job when its own is done, whatever the others do', async () => {
  const { taken, done } = await life(2, [10, 30], 4)
  expect(taken).toEqual([0, 0, 10, 20])
  expect(done.map(([, nowMs]) => nowMs)).toEqual([10, 20, 30, 50])
})

test('without a job nothing happens', async () => {
  expect(await life(3, [10], 0)).toEqual({ taken: [], done: [] })
})
