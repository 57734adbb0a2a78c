import { InputError } from '@cscapi/core'
import { describe, expect, test } from 'vitest'
import { resolveStart, type StartOptions } from './start-options.js'

describe('the options of start', () => {
  test('have defaults that CrowdSec’s good practice asks for', () => {
    expect(resolveStart({})).toEqual({
      sendEveryMs: 600_000,
      pullEveryMs: 7_200_000,
      force: false,
      retention: {},
      unref: false,
      handleSignals: false,
      stopDeadlineMs: 8_000,
      leaderHoldMs: 60_000,
    })
  })

  test.each<[StartOptions, string]>([
    [{ sendEveryMs: 999 }, 'sendEveryMs'],
    [{ pullEveryMs: Number.NaN }, 'pullEveryMs'],
    [{ pullMachineId: '' }, 'pullMachineId'],
    [{ retention: { keepRejectedMs: 0.5 } }, 'retention.keepRejectedMs'],
    [{ stopDeadlineMs: 0 }, 'stopDeadlineMs'],
    [{ leaderHoldMs: 999 }, 'leaderHoldMs'],
  ])('%o is refused by name', (options, path) => {
    expect(() => resolveStart(options)).toThrow(InputError)
    expect(() => resolveStart(options)).toThrow(path)
  })
})
