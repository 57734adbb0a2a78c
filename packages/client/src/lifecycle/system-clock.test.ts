import { describe, expect, test } from 'vitest'
import { backgroundClock, systemClock } from './system-clock.js'

describe.each([
  ['systemClock', systemClock],
  ['backgroundClock', backgroundClock],
])('%s', (_, clock) => {
  test.each([new Error('mine'), 'a word', { any: 'thing' }])(
    'rejects with the signal’s own reason: %s',
    async (reason) => {
      const controller = new AbortController()
      const sleeping = clock.sleep(3_600_000, controller.signal)
      controller.abort(reason)
      await expect(sleeping).rejects.toBe(reason)
      await expect(clock.sleep(3_600_000, controller.signal)).rejects.toBe(reason)
    },
  )

  test('sleeps when no signal is given, or it does not fire', async () => {
    await expect(clock.sleep(1)).resolves.toBeUndefined()
    await expect(clock.sleep(1, new AbortController().signal)).resolves.toBeUndefined()
  })
})
