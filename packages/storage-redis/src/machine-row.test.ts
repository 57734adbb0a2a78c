import { isCscapiError } from '@cscapi/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toMachine } from './machine-row.js'

const RUNS = process.env.CSCAPI_TEST_LONG === '1' ? 100_000 : 10_000

const field = fc.constantFrom(
  ...['password', 'registered', 'token', 'scenarios', 'tokenUntil', 'authFailures'],
  ...['failing', 'failingMessage', 'failingCount', 'failingSince', 'failingUntil'],
)
const text = fc.oneof(
  fc.constantFrom('', '0', '-1', '1e400', 'NaN', '[]', '["a/b"]', '[1]', '{', 'unauthorized', '1700000000000000'),
  fc.string({ unit: 'binary', maxLength: 20 }),
)

test(`whatever stands in a hash, it is a machine of finite numbers, none, or a typed error (${RUNS.toLocaleString('en')} hashes)`, () => {
  fc.assert(
    fc.property(fc.dictionary(field, text), (row) => {
      try {
        const machine = toMachine('m', new Map(Object.entries(row)), 1_700_000_000_000_000)
        expect(machine === undefined).toBe(row.password === undefined)
        const { authFailures = 0, token, failing } = machine ?? {}
        const numbers = [authFailures, token?.expiresInMs ?? 0, failing?.count ?? 0, failing?.retryInMs ?? 0]
        expect(numbers.every(Number.isFinite)).toBe(true)
      } catch (error) {
        if (!isCscapiError(error)) throw error
        expect(error).toMatchObject({ code: 'storage_corrupt' })
      }
    }),
    { numRuns: RUNS },
  )
})
