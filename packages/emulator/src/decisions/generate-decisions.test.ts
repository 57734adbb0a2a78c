import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generateDecisions } from './generate-decisions.js'

const GO_DURATION_UNDER_SEVEN_DAYS = /^(?:\d|\d\d|1[0-5]\d|16[0-7])h\d{1,2}m\d{1,2}\.\d{9}s$/
const NOT_PUBLIC =
  /^(?:0|10|127|22[4-9]|23\d|24\d|25\d)\.|^169\.254\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./

describe('generated decisions', () => {
  test('are as many as asked for, distinct, well-formed, public, and the same for the same seed', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer(), (count, seed) => {
        const decisions = generateDecisions(count, seed)
        expect(new Set(decisions.map(({ value }) => value)).size).toBe(count)
        expect(generateDecisions(count, seed)).toEqual(decisions)
        for (const { value, duration } of decisions) {
          const [address = '', bits] = value.split('/')
          expect(isIP(address)).toBeGreaterThan(0)
          expect([undefined, '24']).toContain(bits)
          expect(value).not.toMatch(NOT_PUBLIC)
          expect(duration).toMatch(GO_DURATION_UNDER_SEVEN_DAYS)
        }
      }),
      { numRuns: 30 },
    )
  })

  test('hold both families and ranges, and differ from seed to seed', () => {
    const values = generateDecisions(100, 1).map(({ value }) => value)
    expect(values.some((value) => value.includes(':'))).toBe(true)
    expect(values.some((value) => value.endsWith('/24'))).toBe(true)
    expect(generateDecisions(100, 2).map(({ value }) => value)).not.toEqual(values)
  })
})
