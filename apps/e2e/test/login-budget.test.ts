import { FREE_ACCOUNT_LOGIN_BUDGET, InputError, LoginBudgetError } from '@cscapi/client'
import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, MINUTE_MS, machine, signalsOf } from './arrange.js'
import { arrangeScheduled } from './arrange-scheduled.js'
import { randomFrom, testSeed } from './random.js'

const WINDOW_MS = 50 * MINUTE_MS
const loginBudget = FREE_ACCOUNT_LOGIN_BUDGET

/** The most logins that any stretch of the window's length held. */
function mostInWindow(times: readonly number[], windowMs: number): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length))
}

describe('the login budget', () => {
  test('lets a fleet of 60 through on a free account, where 21 logins in 50 minutes are a ban', async () => {
    const { time, emulator, connect } = arrangeScheduled({ ban: {}, tokenLifetimeMs: 24 * HOUR_MS })
    const { client } = connect({ loginBudget })
    for (let number = 0; number < 60; number += 1) await client.addSignals(signalsOf(machine(number), 3))
    await client.start()
    await time.advance(4 * HOUR_MS)
    await client.close()
    expect(emulator.signals.size).toBe(180)
    expect(emulator.machines.logins()).toBe(60)
    expect(emulator.record.count({ status: 403 })).toBe(0)
    const times = emulator.record.of('login').map(({ at }) => at)
    expect(mostInWindow(times, WINDOW_MS)).toBe(20)
  })

  test('is what such a fleet needs: without it, the address is banned', async () => {
    const { emulator, client } = arrange({ ban: {} })
    for (let number = 0; number < 60; number += 1) await client.addSignals(signalsOf(machine(number), 3))
    expect(await client.sendSignals()).toMatchObject({ stopped: 'forbidden' })
    expect(emulator.machines.logins()).toBe(20)
  })

  test('machines over it wait without a request, an attempt or a failure, and those with a token go on', async () => {
    const { client: opener, connect, emulator, storage, advance } = arrange()
    await opener.close()
    const client = connect({ loginBudget: { logins: 2, windowMs: WINDOW_MS } })
    await client.addSignals([1, 2, 3, 4].flatMap((number) => signalsOf(machine(number), 5)))
    const first = await client.sendSignals({ concurrency: 1 })
    expect(first).toMatchObject({ sent: 10, postponed: 10, failing: 0, logins: 2 })
    expect(emulator.record.count({ route: 'register' })).toBe(2)
    const requests = emulator.record.count()
    advance(10 * MINUTE_MS)
    const going = [...emulator.machines.ids]
    await client.addSignals(going.flatMap((id) => signalsOf(id, 1)))
    expect(await client.sendSignals()).toMatchObject({ sent: 2, postponed: 0, failing: 0, logins: 0 })
    expect(emulator.record.count()).toBe(requests + 4)
    expect(await client.stats()).toMatchObject({ pending: 10, failing: 0 })
    advance(WINDOW_MS)
    const lease = await storage.lease({ leaseMs: 1_000, maxSignals: 1 })
    expect(lease).toMatchObject({ attempts: 0 })
    if (lease !== undefined) await storage.settle(lease, {})
    expect(await client.sendSignals()).toMatchObject({ sent: 10, logins: 2 })
  })

  test('is shared by all processes, and still counts after a crash', async () => {
    const { connect, emulator, advance } = arrange()
    const budget = { loginBudget: { logins: 3, windowMs: WINDOW_MS } }
    const [one, other] = [connect(budget), connect(budget)]
    await one.addSignals([1, 2, 3, 4, 5, 6].flatMap((number) => signalsOf(machine(number), 1)))
    const reports = await Promise.all([one.sendSignals(), other.sendSignals()])
    expect(reports.reduce((sum, { sent }) => sum + sent, 0)).toBe(3)
    // Neither is closed: they are gone. A third process starts on their store.
    const third = connect(budget)
    await third.addSignals(signalsOf(machine(7), 1))
    expect(await third.sendSignals()).toMatchObject({ sent: 0, logins: 0, postponed: 1 })
    advance(WINDOW_MS + 20 * MINUTE_MS)
    expect(await third.sendSignals()).toMatchObject({ sent: 3, logins: 3 })
    expect(emulator.machines.logins()).toBe(6)
  })

  test('a call for a machine over it says when to come back; an enrolment is postponed', async () => {
    const { connect, emulator, advance } = arrange()
    const client = connect({ loginBudget: { logins: 1, windowMs: WINDOW_MS } })
    await client.getDecisions({ machineId: machine(1) })
    const failure = await client.getDecisions({ machineId: machine(2) }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(LoginBudgetError)
    expect(failure).toMatchObject({ code: 'login_budget_spent', retryable: true })
    const { retryAfterMs } = failure as LoginBudgetError
    const [enrolment] = await client.enrollMachines({ machineIds: [machine(3)], attachmentKey: 'attachmentkey123' })
    expect(enrolment).toMatchObject({ status: 'postponed', error: { code: 'login_budget_spent' } })
    expect(emulator.record.count({ route: 'login' })).toBe(1)
    advance(retryAfterMs)
    await expect(client.getDecisions({ machineId: machine(2) })).resolves.toMatchObject({ new: [] })
  })

  test('a token that is refused waits for its login too, and nothing is lost', async () => {
    const { connect, emulator, advance } = arrange()
    const client = connect({ loginBudget: { logins: 1, windowMs: WINDOW_MS } })
    await client.addSignals(signalsOf(machine(), 2))
    await client.sendSignals()
    emulator.machines.expireTokens()
    await client.addSignals(signalsOf(machine(), 2))
    expect(await client.sendSignals()).toMatchObject({ sent: 0, postponed: 2, failing: 0, logins: 0 })
    advance(2 * WINDOW_MS)
    expect(await client.sendSignals()).toMatchObject({ sent: 2 })
    expect(await client.stats()).toMatchObject({ failing: 0 })
  })

  test('a budget that is too small for the fleet starves nobody', async () => {
    const seed = testSeed()
    const { time, emulator, connect } = arrangeScheduled({ tokenLifetimeMs: 30 * MINUTE_MS })
    const { client } = connect({
      random: randomFrom(seed),
      loginBudget: { logins: 4, windowMs: 30 * MINUTE_MS },
    })
    await client.start()
    for (let hour = 0; hour < 48; hour += 1) {
      for (let number = 0; number < 20; number += 1) await client.addSignals(signalsOf(machine(number), 1))
      await time.advance(HOUR_MS)
    }
    await client.close()
    const logins = emulator.machines.ids.map((id) => emulator.machines.logins(id))
    console.info(`seed ${seed}: logins per machine ${logins.join(' ')}`)
    expect(logins).toHaveLength(20)
    // 4 in each half hour, over 20 machines and two days, are nearly 20 for each; chance gives
    // nobody as few as 2.
    for (const count of logins) expect(count).toBeGreaterThanOrEqual(2)
  })

  test('that breaks a rule is refused when the client is made', () => {
    const { connect } = arrange()
    expect(() => connect({ loginBudget: { logins: 0, windowMs: 1.5 } })).toThrow(InputError)
    expect(() => connect({ loginBudget: { logins: 0, windowMs: 1.5 } })).toThrow(
      /loginBudget.logins.*loginBudget.windowMs/s,
    )
  })
})
