import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyJson, RUNS, RUNS_TEXT } from '../../test/any-json.js'
import { LoginBudget } from '../machines/login-budget.js'
import { readPause } from './pause.js'
import type { StateStore, StateValue } from './state-store.js'

const bytes = fc.oneof(
  anyJson.map((json) => new TextEncoder().encode(JSON.stringify(json) ?? '')),
  anyJson.map((json) => new TextEncoder().encode((JSON.stringify(json) ?? '').slice(1))),
  fc.uint8Array({ maxLength: 40 }),
)
const stored = fc.record({ value: bytes, version: fc.nat(), expiresInMs: fc.option(fc.nat(), { nil: undefined }) })

test(`whatever stands in a store, a pause is one, or none; a login budget counts logins (${RUNS_TEXT} values)`, async () => {
  let held: StateValue = { value: new Uint8Array(), version: 1, expiresInMs: undefined }
  const state: StateStore = { getState: async () => held, setState: async () => 1 }
  const budget = { logins: 20, windowMs: 3_000_000 }
  const logins = new LoginBudget({ store: state, budget, timeoutMs: 30_000, random: () => 0.5 })
  await fc.assert(
    fc.asyncProperty(stored, async (any) => {
      held = any
      const pause = await readPause(state)
      expect(pause === undefined).toBe(any.expiresInMs === undefined)
      if (pause !== undefined) expect(['forbidden', 'rate_limited', 'outage']).toContain(pause.reason)
      const left = await logins.left()
      expect(Number.isInteger(left) && left >= 0 && left <= budget.logins).toBe(true)
    }),
    { numRuns: RUNS },
  )
})
