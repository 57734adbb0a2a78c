import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DecisionSet, type HeldDecisions } from '../index.js'
import { movesBetween } from './decision-moves.js'

const START = Date.UTC(2026, 10, 28, 12)
const HOUR = 3_600_000

const hoursOf = fc.dictionary(fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1'), fc.integer({ min: 1, max: 4 }))

const endsOf = (held: HeldDecisions, now: number) =>
  new Map([...held.rows(now)].flatMap((row) => (row === undefined ? [] : [[row.value, row.expiresAt] as const])))

test('what came and went turns what was in force before into what is in force now', async () => {
  await fc.assert(
    fc.asyncProperty(hoursOf, hoursOf, fc.integer({ min: 0, max: 5 }), async (first, second, hours) => {
      const set = new DecisionSet({ now: () => START })
      const apply = (all: Record<string, number>, gone: readonly string[]) =>
        set.applyStream({
          new: Object.entries(all).map(([value, last]) => ({
            value,
            scope: 'Ip',
            scenario: 'crowdsecurity/ssh-bf',
            expiresAt: START + last * HOUR,
          })),
          deleted: gone.map((value) => ({ scope: 'ip', value })),
        })
      await apply(first, [])
      const before = set.held()
      await apply(second, Object.keys(first))
      const after = set.held()
      const now = START + hours * HOUR
      const known = new Set(endsOf(before, START).keys())
      for (const move of movesBetween(before, START, after, now)) {
        if (move?.kind === 'gone') known.delete(move.decision.value)
        if (move?.kind === 'come') known.add(move.decision.value)
      }
      expect([...known].sort()).toEqual([...endsOf(after, now).keys()].sort())
    }),
    { numRuns: 200 },
  )
})
