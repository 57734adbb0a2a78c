import { describe, expect, test } from 'vitest'
import { OneProcessState } from '../../test/one-process-state.js'
import type { Clock } from '../clock.js'
import { withStateLock } from './state-lock.js'

function setUp() {
  let now = 0
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      now += ms
    },
  }
  const state = new OneProcessState(clock)
  return {
    clock,
    state,
    options: { clock, random: () => 0.5, holdMs: 1_000 },
    advance: (ms: number) => clock.sleep(ms),
  }
}

function aborter(reason: unknown) {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort(reason) }
}

describe('withStateLock', () => {
  test('lets one caller in at a time', async () => {
    const { state, options } = setUp()
    let inside = 0
    let most = 0
    const enter = () =>
      withStateLock(state, 'k', { ...options, holdMs: 1_000_000 }, async () => {
        inside += 1
        most = Math.max(most, inside)
        await Promise.resolve()
        inside -= 1
      })
    await Promise.all(Array.from({ length: 10 }, enter))
    expect(most).toBe(1)
  })

  test('is free again after the work failed, and passes the failure on', async () => {
    const { state, options } = setUp()
    const failure = withStateLock(state, 'k', options, () => Promise.reject(new Error('no')))
    await expect(failure).rejects.toThrow('no')
    await expect(withStateLock(state, 'k', options, async () => 'mine')).resolves.toBe('mine')
  })

  test('replaces a holder that died once its time is over', async () => {
    const { clock, state, options } = setUp()
    await state.setState('k', new Uint8Array([1]), { expiresInMs: 1_000 })
    await expect(withStateLock(state, 'k', options, async () => clock.now())).resolves.toBeGreaterThanOrEqual(1_000)
  })

  test('gives up after waitMs with an error that says so', async () => {
    const { state, options } = setUp()
    await state.setState('k', new Uint8Array([1]))
    const waiting = withStateLock(state, 'k', { ...options, waitMs: 500 }, async () => 'mine')
    await expect(waiting).rejects.toMatchObject({ code: 'lock_busy', retryable: true })
  })

  test.each([
    ['set back by an hour at every look', -3_600_000],
    ['that stands still', 0],
  ])('gives up as soon with a clock %s', async (_, jumpMs) => {
    const { state, options } = setUp()
    let now = 0
    let sleptMs = 0
    const clock: Clock = {
      now: () => now,
      sleep: async (ms) => {
        sleptMs += ms
        now += jumpMs
      },
    }
    await state.setState('k', new Uint8Array([1]))
    const waiting = withStateLock(state, 'k', { ...options, clock, waitMs: 500 }, async () => 'mine')
    await expect(waiting).rejects.toMatchObject({ code: 'lock_busy' })
    expect(sleptMs).toBeLessThanOrEqual(550)
  })

  test('is waited for although the clock is set ahead by a year meanwhile', async () => {
    const { state, options, advance } = setUp()
    let now = 0
    const clock: Clock = {
      now: () => now,
      sleep: async (ms) => {
        now += now === 0 ? 365 * 86_400_000 : ms
        await advance(ms)
      },
    }
    await state.setState('k', new Uint8Array([1]), { expiresInMs: 900 })
    await expect(withStateLock(state, 'k', { ...options, clock }, async () => 'mine')).resolves.toBe('mine')
  })

  test.each([new Error('mine'), 'a word', undefined])(
    'ends with an AbortedError when the signal fires with %s, before or while waiting',
    async (reason) => {
      const { state, options } = setUp()
      const { signal, abort } = aborter(reason)
      const clock: Clock = {
        ...options.clock,
        sleep: async () => {
          abort()
          throw new Error('the clock’s own')
        },
      }
      await state.setState('k', new Uint8Array([1]))
      const waiting = withStateLock(state, 'k', { ...options, clock, signal }, async () => 'mine')
      await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
      await state.setState('k', undefined)
      const late = withStateLock(state, 'k', { ...options, clock, signal }, async () => 'mine')
      await expect(late).rejects.toMatchObject({ code: 'aborted' })
      expect(await state.getState('k')).toBeUndefined()
    },
  )

  test('a holder that outstayed its time does not end its successor’s hold', async () => {
    const { state, options, advance } = setUp()
    await withStateLock(state, 'k', options, async (renew) => {
      await advance(1_001)
      await state.setState('k', new Uint8Array([2]), { ifVersion: 0 })
      expect(await renew()).toBe(false)
    })
    expect((await state.getState('k'))?.value).toEqual(new Uint8Array([2]))
  })

  test('renewing gives the holder its time again', async () => {
    const { state, options, advance } = setUp()
    await withStateLock(state, 'k', options, async (renew) => {
      await advance(900)
      expect(await renew()).toBe(true)
      await advance(900)
      expect(await state.getState('k')).toBeDefined()
    })
    expect(await state.getState('k')).toBeUndefined()
  })
})
