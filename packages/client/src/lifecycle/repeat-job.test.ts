import { CapiForbiddenError, type Clock } from '@cscapi/core'
import { MemoryStorage } from '@cscapi/storage'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Job, repeatJob } from './repeat-job.js'

const EVERY_MS = 60_000
const RETRY_MS = 10_000

/**
 * Repeats a job whose runs end as they are told, in a store that time passes for only while
 * somebody sleeps.
 */
async function run(outcomes: readonly (() => number | undefined)[], job: Partial<Job> = {}) {
  let now = 0
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      now += ms
    },
  }
  const state = new MemoryStorage({ now: () => now })
  const ending = new AbortController()
  const starts: number[] = []
  const failures: unknown[] = []
  await repeatJob(
    {
      name: 'send',
      everyMs: EVERY_MS,
      resumes: true,
      run: async () => {
        const outcome = outcomes[starts.length]
        starts.push(now)
        if (starts.length === outcomes.length) ending.abort()
        return outcome?.()
      },
      ...job,
    },
    { state, clock, random: () => 0.5, retryMs: RETRY_MS, onFailure: (_, error) => failures.push(error) },
    { ending: ending.signal, lost: new AbortController().signal },
  )
  const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0))
  return { starts, gaps, failures, state }
}

const succeed = () => undefined
const fail = () => {
  throw new Error('no')
}

describe('a repeated job', () => {
  test('begins at once, then so long after its last start', async () => {
    const { starts, gaps } = await run([succeed, succeed, succeed])
    expect(starts[0]).toBe(0)
    expect(gaps).toEqual([EVERY_MS * 1.05, EVERY_MS * 1.05])
  })

  test('that fails is repeated after a delay that doubles up to its interval, and starts anew after a success', async () => {
    const { gaps, failures } = await run([fail, fail, fail, fail, fail, succeed, fail, succeed])
    expect(gaps).toEqual([7_500, 15_000, 30_000, 45_000, 45_000, EVERY_MS * 1.05, 7_500])
    expect(failures).toHaveLength(6)
  })

  test('waits for as long as its failure asks for', async () => {
    const paused = () => {
      throw new CapiForbiddenError('paused', 'no', { endpoint: 'x', status: 403, retryAfterMs: 3_600_000 })
    }
    expect((await run([paused, succeed])).gaps).toEqual([3_600_000])
  })

  test('that came too early comes again when it says', async () => {
    expect((await run([() => 4_000, succeed, succeed])).gaps).toEqual([4_000, EVERY_MS * 1.05])
  })

  test('that was broken off is due at once if it resumes, and after a delay if not; it is no failure', async () => {
    const resuming = await run([fail], { resumes: true })
    expect(await resuming.state.getState('scheduler:send')).toBeUndefined()
    const other = await run([fail], { resumes: false })
    expect(await other.state.getState('scheduler:send')).toMatchObject({ expiresInMs: 7_500 })
    expect([...resuming.failures, ...other.failures]).toEqual([])
  })

  test('that is not due for longer than a timer holds waits all the same', async () => {
    const everyMs = 2 ** 31 - 1
    expect((await run([succeed, succeed], { everyMs })).gaps).toEqual([Math.ceil(everyMs * 1.05)])
  })

  test('never begins earlier than its interval after a success, nor than half a retry after a failure', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(succeed, fail), { minLength: 1, maxLength: 40 }), async (outcomes) => {
        const { gaps, failures } = await run(outcomes)
        for (const [index, gap] of gaps.entries()) {
          expect(gap).toBeGreaterThanOrEqual(outcomes[index] === succeed ? EVERY_MS : RETRY_MS / 2)
          expect(gap).toBeLessThanOrEqual(EVERY_MS * 1.1)
        }
        expect(failures).toHaveLength(outcomes.slice(0, -1).filter((outcome) => outcome === fail).length)
      }),
    )
  })
})
