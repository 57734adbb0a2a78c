import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSignal, InputError, type InputIssue } from '../index.js'

const input = {
  attackerIp: '203.0.113.7',
  scenario: 'crowdsecurity/ssh-bf',
  createdAt: '2026-03-01T10:00:00Z',
  machineId: 'm'.repeat(48),
}
const decision = { duration: '4h', id: 0, origin: 'o', scenario: 's', scope: 'Ip', type: 'ban', value: '203.0.113.7' }
const { attackerIp: _, ...withoutAttacker } = input

function issuesOf(given: object): readonly InputIssue[] {
  try {
    createSignal(given as never)
  } catch (error) {
    if (error instanceof InputError) return error.issues
    throw error
  }
  return []
}

describe('a name that createSignal does not know is refused, and the one that was meant is suggested', () => {
  test.each([
    ['attacker_ip', { ...input, attacker_ip: 'x' }, 'attackerIp'],
    ['ip', { ...withoutAttacker, ip: 'x' }, 'attackerIp'],
    ['created_at', { ...input, created_at: 'x' }, 'createdAt'],
    ['machine_id', { ...input, machine_id: 'x' }, 'machineId'],
    ['start_at', { ...input, start_at: 'x' }, 'startAt'],
    ['scenario_trust', { ...input, scenario_trust: 'x' }, 'scenarioTrust'],
    ['as_name', { ...input, as_name: 'x' }, 'asName'],
    ['Scenario', { ...input, Scenario: 'x' }, 'scenario'],
    ['messsage', { ...input, messsage: 'x' }, 'message'],
    ['source.asName', { ...withoutAttacker, source: { scope: 'AS', value: '1', asName: 'x' } }, 'as_name'],
    ['source.country', { ...withoutAttacker, source: { scope: 'AS', value: '1', country: 'x' } }, 'cn'],
    ['decisions[0].Duration', { ...input, decisions: [{ ...decision, Duration: '4h' }] }, 'duration'],
    [
      'context[1].vaule',
      {
        ...input,
        context: [
          { key: 'k', value: 'v' },
          { key: 'k', value: 'v', vaule: 'w' },
        ],
      },
      'value',
    ],
  ])('%s', (path, given, meant) => {
    expect(issuesOf(given)).toContainEqual({
      path,
      value: '[not shown]',
      rule: `is not known here; did you mean ${meant}?`,
    })
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'rowId', ''])(
    '%j, for which none was meant',
    (name) => {
      const odd = Object.fromEntries([[name, 'x']])
      for (const given of [
        { ...input, ...odd },
        { ...withoutAttacker, source: { scope: 'username', value: 'root', ...odd } },
        { ...input, decisions: [{ ...decision, ...odd }] },
        { ...input, context: [{ key: 'k', value: 'v', ...odd }] },
      ]) {
        expect(issuesOf(given)).toMatchObject([{ value: '[not shown]', rule: 'is not known here' }])
      }
    },
  )

  test('whatever it holds: undefined may be a value tomorrow', () => {
    expect(issuesOf({ ...input, attacker_ip: undefined })).toHaveLength(1)
    expect(issuesOf({ ...input, message: undefined, context: undefined })).toEqual([])
  })

  test('any other key anywhere never goes out', () => {
    const key = fc
      .string({ minLength: 1 })
      .filter((name) => !(name in decision) && !['uuid', 'until', 'simulated'].includes(name))
    fc.assert(
      fc.property(key, (name) => {
        const given = { ...input, decisions: [Object.fromEntries([...Object.entries(decision), [name, 'x']])] }
        expect(issuesOf(given)).toMatchObject([{ rule: expect.stringContaining('is not known here') }])
      }),
    )
  })
})

describe('a source may bring all that CAPI knows of it, in CAPI’s names', () => {
  const sourceOf = (source: object) => createSignal({ ...withoutAttacker, source } as never).source

  test('of an address', () => {
    const source = {
      scope: 'ip',
      value: '::ffff:203.0.113.7',
      ip: '203.0.113.7',
      range: '203.0.113.9/24',
      cn: 'FR',
      as_name: 'ACME',
      as_number: 64_500,
      latitude: 48.85,
      longitude: 2.35,
    }
    expect(sourceOf(source)).toEqual({
      ...source,
      scope: 'Ip',
      value: '203.0.113.7',
      range: '203.0.113.0/24',
      as_number: '64500',
    })
  })

  test('of another scope, and empty text as other clients write it is none', () => {
    expect(sourceOf({ scope: 'username', value: 'root', ip: '', range: '', cn: 'FR' })).toEqual({
      scope: 'username',
      value: 'root',
      cn: 'FR',
    })
  })

  test.each([
    ['source.ip', { scope: 'Ip', value: '203.0.113.7', ip: '203.0.113.8' }],
    ['source.ip', { scope: 'username', value: 'root', ip: '203.0.113.0/24' }],
    ['source.range', { scope: 'Range', value: '203.0.113.0/24', range: '203.0.112.0/24' }],
    ['source.range', { scope: 'Ip', value: '203.0.113.7', range: 'AS1' }],
    ['source.latitude', { scope: 'Ip', value: '203.0.113.7', latitude: 91 }],
    ['source.as_number', { scope: 'Ip', value: '203.0.113.7', as_number: -1 }],
    ['source.cn', { scope: 'Ip', value: '203.0.113.7', cn: 7 }],
    ['source.value', { scope: 'Ip', value: '203.0.113.7.' }],
  ])('%s is refused by itself', (path, source) => {
    expect(issuesOf({ ...withoutAttacker, source }).map((issue) => issue.path)).toEqual([path])
  })

  test('a detail is given once', () => {
    const given = { ...withoutAttacker, source: { scope: 'AS', value: '1', as_name: 'a' }, asName: 'b' }
    expect(issuesOf(given)).toMatchObject([{ path: 'source.as_name', rule: 'must be left out where asName is given' }])
  })
})

test.each([new Map([['k', 'v']]), new Set(['k']), new Uint8Array(2)])(
  'a context that has no keys of its own is refused, not taken for an empty one: %s',
  (context) => {
    expect(issuesOf({ ...input, context }).map(({ path }) => path)).toEqual(['context'])
  },
)

test('a duration as a number has no unit', () => {
  expect(issuesOf({ ...input, decisions: [{ ...decision, duration: 86_400 }] })).toEqual([
    { path: 'decisions[0].duration', value: '86400', rule: 'must be a duration such as 4h, 24h0m0s or 7d' },
  ])
})
