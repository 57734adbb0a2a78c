import { InputError } from '@cscapi/signals'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OneProcessState } from '../../test/one-process-state.js'
import { LoginBudgetError } from '../errors.js'
import { FREE_ACCOUNT_LOGIN_BUDGET, LoginBudget, type LoginBudgetOptions } from './login-budget.js'

const MINUTE_MS = 60_000

function setUp(budget: LoginBudgetOptions = { logins: 3, windowMs: 50 * MINUTE_MS }, timeoutMs = 30_000) {
  let now = 0
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms
    },
  }
  const store = new OneProcessState(clock)
  const connect = (random = () => 0, own = budget) => new LoginBudget({ store, budget: own, timeoutMs, random })
  const spend = async (logins: number) => {
    for (let login = 0; login < logins; login += 1) await connect().take('sensor')
  }
  const advance = (ms: number) => {
    now += ms
  }
  return { connect, spend, advance, store, budget: connect() }
}

const waitOf = async (budget: LoginBudget) => {
  const error = await budget.assertLeft('sensor').catch((thrown: unknown) => thrown)
  return error instanceof LoginBudgetError ? error.retryAfterMs : 0
}

describe('the login budget', () => {
  test('lets so many logins pass in a window, and no more', async () => {
    const { budget, spend } = setUp()
    expect(await budget.left()).toBe(3)
    await spend(3)
    expect(await budget.left()).toBe(0)
    await expect(budget.take('sensor')).rejects.toMatchObject({ code: 'login_budget_spent', retryable: true })
    expect(await budget.left()).toBe(0)
  })

  test('the window slides: each login is free again when it is older than the window and the time a call may take', async () => {
    const { budget, spend, advance } = setUp()
    await spend(1)
    advance(10 * MINUTE_MS)
    await spend(2)
    expect(await waitOf(budget)).toBe(40 * MINUTE_MS + 30_000)
    advance(40 * MINUTE_MS + 30_000)
    expect(await budget.left()).toBe(1)
    await spend(1)
    expect(await waitOf(budget)).toBe(10 * MINUTE_MS)
  })

  test('is one for all processes, and outlives each of them', async () => {
    const { connect } = setUp()
    await connect().take('one')
    await connect().take('other')
    expect(await connect().left()).toBe(1)
  })

  test('no two of many at once take the same login', async () => {
    const { connect, budget } = setUp({ logins: 20, windowMs: 1_000 })
    const taken = await Promise.allSettled(Array.from({ length: 50 }, () => connect().take('sensor')))
    expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    expect(await budget.left()).toBe(0)
  })

  test('asking whether a login is left takes none', async () => {
    const { budget } = setUp()
    for (let question = 0; question < 10; question += 1) await budget.assertLeft('sensor')
    expect(await budget.left()).toBe(3)
  })

  test('spreads those who wait over a minute, or over the mean time between two logins if that is less', async () => {
    const free = setUp({ logins: 20, windowMs: 50 * MINUTE_MS }, 0)
    await free.spend(20)
    expect(await waitOf(free.connect(() => 0))).toBe(50 * MINUTE_MS)
    expect(await waitOf(free.connect(() => 0.5))).toBe(50.5 * MINUTE_MS)
    const quick = setUp({ logins: 10, windowMs: MINUTE_MS }, 0)
    await quick.spend(10)
    expect(await waitOf(quick.connect(() => 0.5))).toBe(MINUTE_MS + 3_000)
  })

  test('a budget that was lowered waits until enough logins are old', async () => {
    const { connect, spend, advance } = setUp()
    await spend(1)
    advance(MINUTE_MS)
    await spend(2)
    const lowered = connect(() => 0, { logins: 1, windowMs: 50 * MINUTE_MS })
    expect(await lowered.left()).toBe(0)
    expect(await waitOf(lowered)).toBe(50 * MINUTE_MS + 30_000)
  })

  test('no window of any length of time ever holds more logins than the budget', async () => {
    const attempts = fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 80 })
    const budgets = fc.record({ logins: fc.integer({ min: 1, max: 5 }), windowMs: fc.integer({ min: 1, max: 1_000 }) })
    await fc.assert(
      fc.asyncProperty(attempts, budgets, fc.nat({ max: 50 }), async (pauses, options, timeoutMs) => {
        const { budget, advance } = setUp(options, timeoutMs)
        const logins: number[] = []
        let now = 0
        for (const pause of pauses) {
          advance(pause)
          now += pause
          const wasTaken = await budget.take('sensor').then(
            () => true,
            () => false,
          )
          if (wasTaken) logins.push(now)
          const inWindow = logins.filter((at) => at > now - options.windowMs)
          expect(inWindow.length).toBeLessThanOrEqual(options.logins)
          // It refuses only when it must: the window, the time of a call included, is full.
          if (!wasTaken) {
            expect(logins.filter((at) => at > now - options.windowMs - timeoutMs)).toHaveLength(options.logins)
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  test('a stored window that cannot be read counts as an empty one', async () => {
    const { budget, spend, store } = setUp()
    await store.setState('login-budget', new TextEncoder().encode('{"ages":'))
    expect(await budget.left()).toBe(3)
    await spend(3)
    expect(await budget.left()).toBe(0)
  })

  test('the preset is what free accounts get', () => {
    expect(FREE_ACCOUNT_LOGIN_BUDGET).toEqual({ logins: 20, windowMs: 50 * MINUTE_MS })
  })

  test.each([
    [{ logins: 0, windowMs: 1_000 }, 'loginBudget.logins'],
    [{ logins: 1.5, windowMs: 1_000 }, 'loginBudget.logins'],
    [{ logins: 20, windowMs: 86_400_001 }, 'loginBudget.windowMs'],
  ])('%o is refused', (options, path) => {
    const failure = () => setUp(options)
    expect(failure).toThrow(InputError)
    expect(failure).toThrow(path)
  })
})
