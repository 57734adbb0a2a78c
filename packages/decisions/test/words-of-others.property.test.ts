import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exportDecisions } from '../src/export/index.js'
import { DecisionSet } from '../src/index.js'

/** Texts that mean something to a program, and nothing to a list. */
const WORDS = [
  'constructor',
  '__proto__',
  'prototype',
  'hasOwnProperty',
  'toString',
  'valueOf',
  'toJSON',
  '__defineGetter__',
  'then',
  'length',
  '0',
  '-1',
  'NaN',
  'null',
  'undefined',
  '',
  ' ',
  '\u0000',
  'a\r\nb\t\u2028\u0085\u202e\ud800',
  'x'.repeat(100_000),
]
const word = fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 8 }))
const NOW = 1_700_000_000_000
const HOUR_MS = 3_600_000
const newSet = () => new DecisionSet({ now: () => NOW })
const good = { value: '203.0.113.7', scope: 'Ip', scenario: 'acme/x', expiresAt: NOW + HOUR_MS }

async function everyForm(set: DecisionSet) {
  for (const format of ['text', 'nginx-geo', 'nftables', 'csv', 'jsonl', 'stix'] as const)
    for await (const chunk of exportDecisions(set, { format, now: () => NOW })) expect(chunk).not.toContain('[object')
  const again = await DecisionSet.fromBytes(set.toBytes(), { now: () => NOW })
  expect([...again.entries()]).toEqual([...set.entries()])
}

describe('words of others are words', () => {
  test('as scopes, values and scenarios of the stream, and everything else in it applies (500 answers)', async () => {
    await fc.assert(
      fc.asyncProperty(word, word, word, async (scope, value, scenario) => {
        const set = newSet()
        const strange = { value, scope, scenario, expiresAt: NOW + HOUR_MS }
        await set.applyStream({ new: [strange, good, { ...good, value: '203.0.113.8', scenario }], deleted: [] })
        expect(set.check('203.0.113.7')).toMatchObject({ reason: 'acme/x' })
        expect(set.check('203.0.113.8')).toMatchObject({ reason: scenario })
        if (!/^(ip|range)$/i.test(scope))
          expect(set.checkScope(scope, value)).toMatchObject({ scope, value, reason: scenario })
        await everyForm(set)
        await set.applyStream({ new: [], deleted: [{ scope, value }] })
        expect([set.check('203.0.113.7')?.origin, set.size]).toEqual(['CAPI', 2])
      }),
      { numRuns: 500 },
    )
  })

  test('as names, scopes, remediations and values of lists, and ids of allowlists (500 lists)', async () => {
    await fc.assert(
      fc.asyncProperty(word, word, word, word, async (name, scope, remediation, value) => {
        const set = newSet()
        await set.replaceBlocklist({ name, scope: 'ip', remediation, duration: '24h' }, ['203.0.113.7', '198.51.100.7'])
        await set
          .replaceBlocklist({ name: `${name} `, scope, remediation, duration: '24h' }, [value, 'v'])
          .catch(() => undefined)
        await set.replaceAllowlist({ id: name, name: remediation }, [
          '{"value":"198.51.100.7","__proto__":{"value":"203.0.113.7"}}',
        ])
        expect(set.check('203.0.113.7')).toMatchObject({ remediation, reason: name, origin: `lists:${name}` })
        expect(set.check('198.51.100.7')).toBeUndefined()
        expect(set.listExpiry(name)).toBe(NOW + 24 * HOUR_MS)
        await everyForm(set)
        await set.retainLists({ blocklists: [name], allowlists: [] })
        expect(set.check('198.51.100.7')?.origin).toBe(`lists:${name}`)
      }),
      { numRuns: 500 },
    )
  })

  test('two scopes and values that look alike when put together are two', async () => {
    const set = newSet()
    const pairs = [
      ['a', 'bc'],
      ['ab', 'c'],
      ['1:a', 'x'],
      ['1', ':ax'],
    ] as const
    await set.applyStream({ new: pairs.map(([scope, value]) => ({ ...good, scope, value })), deleted: [] })
    expect(set.size).toBe(4)
    await set.applyStream({ new: [], deleted: [{ scope: 'a', value: 'bc' }] })
    expect(pairs.map(([scope, value]) => set.checkScope(scope, value)?.value)).toEqual([undefined, 'c', 'x', ':ax'])
  })
})
