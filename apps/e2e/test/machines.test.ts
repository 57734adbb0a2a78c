import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, machine, signalsOf } from './arrange.js'

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

describe('machines', () => {
  test('shows state, token expiry and scenarios, and no secret', async () => {
    const { client, clock, storage, emulator } = arrange()
    await client.addSignals(signalsOf(machine(), 1))
    await client.sendSignals()
    const machines = await all(client.machines())
    expect(machines).toEqual([
      {
        machineId: machine(),
        registered: true,
        failing: undefined,
        authFailures: 0,
        token: { expiresAt: clock.now() + HOUR_MS, scenarios: ['crowdsecurity/ssh-bf'] },
        enrolled: false,
        subscriptionType: undefined,
      },
    ])
    const stored = await storage.getMachine(machine())
    const secrets = [stored?.password, stored?.token?.value, emulator.machines.get(machine())?.password]
    for (const secret of secrets) {
      expect(secret).toBeTruthy()
      expect(`${JSON.stringify(machines)} ${inspect(machines, { depth: 9 })}`).not.toContain(secret)
    }
  })

  test('shows the enrolment as the claims of the newest token have it', async () => {
    const { client, advance } = arrange({ enrolmentClaims: true })
    await client.enrollMachines({ machineIds: [machine()], attachmentKey: 'abc' })
    expect(await all(client.machines())).toMatchObject([{ enrolled: false }])
    advance(HOUR_MS)
    await client.verify({ machineId: machine() })
    expect(await all(client.machines())).toMatchObject([
      { enrolled: true, subscriptionType: expect.stringMatching(/^[A-Z]+$/) },
    ])
  })

  test('a machine before its first login, one without readable token, and claims that are no plain words', async () => {
    const { client, storage } = arrange()
    const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`
    const tokens = ['not-a-jwt', jwt({ organization_id: 'acme', subscription_type: 'ENTER\u001b[31mPRISE' })]
    await storage.createMachine({ machineId: machine(1), password: 'p' })
    for (const [index, value] of tokens.entries()) {
      const machineId = machine(index + 2)
      await storage.createMachine({ machineId, password: 'p' })
      await storage.updateMachine(machineId, { token: { value, scenarios: [], lifetimeMs: undefined } })
    }
    const shown = new Map((await all(client.machines())).map((one) => [one.machineId, one]))
    expect(shown.get(machine(1))).toMatchObject({ registered: false, token: undefined, enrolled: undefined })
    expect(shown.get(machine(2))).toMatchObject({ token: { expiresAt: undefined }, enrolled: false })
    expect(shown.get(machine(3))).toMatchObject({ enrolled: true, subscriptionType: undefined })
  })

  test('are read in pages, in order of id; failing ones alone on request', async () => {
    const { client, storage } = arrange()
    const ids = Array.from({ length: 250 }, (_, number) => machine(number))
    for (const [index, machineId] of ids.entries()) {
      await storage.createMachine({ machineId, password: 'p' })
      if (index % 2 === 0) continue
      await storage.updateMachine(machineId, {
        failing: { reason: 'credentials_refused', count: 1, retryAfterMs: HOUR_MS },
      })
    }
    expect((await all(client.machines())).map(({ machineId }) => machineId)).toEqual([...ids].sort())
    expect(await all(client.machines({ failing: true }))).toHaveLength(125)
    expect(await all(client.machines({ failing: false }))).toHaveLength(125)
    await expect(all(client.machines({ signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: 'aborted' })
  })
})

describe('a failing machine', () => {
  async function withFailing() {
    const arranged = arrange()
    const { client, emulator, clock } = arranged
    await client.addSignals([...signalsOf(machine(1), 2), ...signalsOf(machine(2), 3)])
    emulator.faults.inject({ route: 'login', kind: 'bad-credentials', times: 2 })
    const failedAt = clock.now()
    expect(await client.sendSignals()).toMatchObject({ sent: 0, failing: 2 })
    return { ...arranged, failedAt }
  }

  test('is shown with reason, CAPI’s message, since when and until when', async () => {
    const { client, advance, failedAt } = await withFailing()
    advance(HOUR_MS / 2)
    expect((await all(client.machines()))[0]).toMatchObject({
      registered: true,
      token: undefined,
      failing: {
        reason: 'credentials_refused',
        message: 'The machine_id or password is incorrect',
        count: 1,
        since: failedAt,
        retryAt: failedAt + HOUR_MS,
      },
    })
  })

  test('reviveMachines gives those named another chance at once, and counts them', async () => {
    const { client, emulator } = await withFailing()
    expect(await client.sendSignals()).toMatchObject({ sent: 0 })
    expect(await client.reviveMachines([machine(1), machine(1), machine(9)])).toBe(1)
    expect(await client.sendSignals()).toMatchObject({ sent: 2 })
    expect(emulator.machines.logins(machine(2))).toBe(0)
    expect(await all(client.machines({ failing: true }))).toMatchObject([{ machineId: machine(2) }])
  })

  test('reviveMachines without ids revives all of them', async () => {
    const { client } = await withFailing()
    expect(await client.reviveMachines()).toBe(2)
    expect(await client.reviveMachines()).toBe(0)
    expect(await client.sendSignals()).toMatchObject({ sent: 5 })
  })

  test('a revived one that is refused again starts over with one hour', async () => {
    const { client, emulator, clock } = await withFailing()
    await client.reviveMachines([machine(1)])
    emulator.faults.inject({ route: 'login', kind: 'bad-credentials' })
    await client.sendSignals()
    const failing = (await all(client.machines({ failing: true }))).find(({ machineId }) => machineId === machine(1))
    expect(failing?.failing).toMatchObject({ count: 1, retryAt: clock.now() + HOUR_MS })
  })

  test('reviving can be aborted', async () => {
    const { client } = await withFailing()
    await expect(client.reviveMachines(undefined, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
      report: { count: 0 },
    })
  })
})

describe('deleteMachines', () => {
  test('forgets machines with credentials and signals, and leaves the others alone', async () => {
    const { client } = arrange()
    await client.addSignals([...signalsOf(machine(1), 2), ...signalsOf(machine(2), 3)])
    await client.verify({ machineId: machine(1) })
    expect(await client.deleteMachines([machine(1), machine(1), machine(7)])).toBe(1)
    expect(await all(client.machines())).toEqual([])
    expect(await client.stats()).toMatchObject({ pending: 3, machines: 1 })
  })

  test('an id that is no text is refused before any machine is deleted', async () => {
    const { client } = arrange()
    await client.addSignals(signalsOf(machine(1), 2))
    await expect(client.deleteMachines([machine(1), ''])).rejects.toMatchObject({
      issues: [{ path: 'machineIds[1]' }],
    })
    expect(await client.stats()).toMatchObject({ machines: 1 })
  })
})
