import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSignal, InputError, type InputIssue, signalDecisionSchema } from '../index.js'

const decision = { duration: '4h', id: 0, origin: 'o', scenario: 's', scope: 'Ip', type: 'ban', value: '203.0.113.7' }

/** The decisions on the wire, or what is wrong with them. */
function made(decisions: unknown): unknown[] | readonly InputIssue[] {
  const now = Date.parse('2026-03-01T10:00:00Z')
  const input = { attackerIp: '203.0.113.7', scenario: 'acme/x', createdAt: now, machineId: 'm', now }
  try {
    return createSignal({ ...input, decisions } as never).decisions
  } catch (error) {
    if (error instanceof InputError) return error.issues
    throw error
  }
}

describe('a decision', () => {
  test.each([
    ['duration', undefined, 'must be a duration such as 4h, 24h0m0s or 7d'],
    ['duration', '1w', 'must be a duration such as 4h, 24h0m0s or 7d'],
    ['id', undefined, 'is missing: it must be a number'],
    ['id', '7', 'must be a number'],
    ['id', Number.POSITIVE_INFINITY, 'must be a number'],
    ['id', 0.5, 'must be a whole number'],
    ['id', 2 ** 53, 'must be at most 9,007,199,254,740,991'],
    ['id', -(2 ** 53), 'must be at least -9,007,199,254,740,991'],
    ['origin', undefined, 'is missing: it must be text'],
    ['scenario', null, 'must be text'],
    ['scope', 7, 'must be text'],
    ['type', '\0', 'must not contain U+0000 or a lone surrogate'],
    ['value', '\ud800', 'must not contain U+0000 or a lone surrogate'],
    ['uuid', null, 'must be text'],
    ['until', 7, 'must be text'],
    ['simulated', 'yes', 'must be true or false'],
  ])('is refused for its %s %s: %s', (field, value, rule) => {
    expect(made([decision, { ...decision, [field]: value }])).toMatchObject([{ path: `decisions[1].${field}`, rule }])
  })

  test.each([
    [null, 'must be an object'],
    [7, 'must be an object'],
    [[], 'must be an object'],
    [undefined, 'is missing: it must be an object'],
  ])('is no %j', (value, rule) => {
    expect(made([value])).toMatchObject([{ path: 'decisions[0]', rule }])
  })

  test('that is missing in the midst of a list is told of', () => {
    expect(made(Object.assign([decision], { 2: decision }))).toMatchObject([
      { path: 'decisions[1]', rule: 'is missing: it must be an object' },
    ])
  })

  test('is accepted exactly where CAPI’s model does so, and comes out as it went in', () => {
    const anything = fc.anything()
    const maybe = (value: unknown) =>
      fc.oneof({ weight: 20, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: anything })
    const fields = fc.record({
      duration: fc.constant('4h'),
      id: fc.oneof({ weight: 20, arbitrary: fc.nat() }, { weight: 1, arbitrary: anything }),
      origin: maybe('o'),
      scenario: maybe('s'),
      scope: maybe('Ip'),
      type: maybe('ban'),
      value: maybe('203.0.113.7'),
      uuid: maybe(undefined),
      until: maybe('2026-03-02T10:00:00Z'),
      simulated: fc.oneof({ weight: 20, arbitrary: fc.boolean() }, { weight: 1, arbitrary: anything }),
    })
    fc.assert(
      fc.property(fields, (given) => {
        const [first] = made([given])
        if (signalDecisionSchema.safeParse(given).success) expect(first).toEqual(given)
        else expect(first).toHaveProperty('rule')
      }),
      { numRuns: 2_000 },
    )
  })
})
