import { isCscapiError } from '@cscapi/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toMachine } from './machine-row.js'

const RUNS = process.env.CSCAPI_TEST_LONG === '1' ? 100_000 : 10_000

const text = fc.oneof(
  fc.constantFrom('', '0', '[]', '["a/b"]', '[1]', '{', 'null', 'unauthorized', 'credentials_refused'),
  fc.string({ unit: 'binary', maxLength: 20 }),
)
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const instant = orNull(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))

const row = fc.record({
  password: text,
  registered: fc.boolean(),
  token: orNull(text),
  tokenScenarios: orNull(text),
  tokenExpiresAt: instant,
  authFailures: fc.integer(),
  failingReason: orNull(text),
  failingMessage: orNull(text),
  failingCount: fc.integer(),
  failingSince: instant,
  failingRetryAt: instant,
})

test(`whatever stands in a row, it is a machine of finite numbers or a typed error (${RUNS.toLocaleString('en')} rows)`, () => {
  const outcomes = { read: 0, refused: 0 }
  fc.assert(
    fc.property(row, (any) => {
      try {
        const { token, failing } = toMachine('sqlite', 'm', any, 1_700_000_000_000)
        expect(token === undefined).toBe(any.token === null)
        const numbers = [token?.expiresInMs ?? 0, failing?.sinceMs ?? 0, failing?.retryInMs ?? 0]
        expect(numbers.every(Number.isFinite)).toBe(true)
        expect(token?.scenarios.every((scenario) => typeof scenario === 'string') ?? true).toBe(true)
        outcomes.read += 1
      } catch (error) {
        if (!isCscapiError(error)) throw error
        expect(error.code).toBe('storage_corrupt')
        outcomes.refused += 1
      }
    }),
    { numRuns: RUNS },
  )
  expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(RUNS / 100)
})
