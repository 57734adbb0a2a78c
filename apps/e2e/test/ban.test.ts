import type { CapiClientOptions } from '@cscapi/client'
import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, MINUTE_MS, machine, sendAll, signalsOf } from './arrange.js'

const ALWAYS = { times: Number.POSITIVE_INFINITY }
const PAUSE_MS = 1.1 * HOUR_MS + 1

/** Ten machines with signals waiting, a ban that is over, and tokens that live so long. */
async function afterBan(tokenLifetimeMs: number, options: Partial<CapiClientOptions> = {}) {
  const arranged = arrange({ tokenLifetimeMs })
  const { connect, emulator, advance } = arranged
  const client = connect(options)
  for (let number = 1; number <= 10; number += 1) await client.addSignals(signalsOf(machine(number), 2))
  await client.sendSignals()
  for (let number = 1; number <= 10; number += 1) await client.addSignals(signalsOf(machine(number), 2))
  emulator.faults.inject({ route: 'signals', kind: 'ban' })
  expect(await client.sendSignals({ concurrency: 1 })).toMatchObject({ stopped: 'forbidden' })
  advance(PAUSE_MS)
  const since = emulator.record.count()
  return { ...arranged, client, requests: () => emulator.record.requests.slice(since).map(({ route }) => route) }
}

describe('once a ban is over', () => {
  test('one call with a stored token is all that leaves while the address is still forbidden, whatever the concurrency', async () => {
    const { client, connect, emulator, requests } = await afterBan(24 * HOUR_MS)
    emulator.faults.inject({ route: '*', kind: 'ban', ...ALWAYS })
    expect(await client.sendSignals()).toMatchObject({ sent: 0, stopped: 'forbidden' })
    expect(await connect().sendSignals()).toMatchObject({ requests: 0, stopped: 'forbidden' })
    expect(requests()).toEqual(['metrics'])
  })

  test('where no token is left, it is the login of one machine', async () => {
    const { client, emulator, requests, advance } = await afterBan(HOUR_MS)
    emulator.faults.inject({ route: '*', kind: 'ban', ...ALWAYS })
    expect(await client.sendSignals()).toMatchObject({ sent: 0, stopped: 'forbidden' })
    expect(requests()).toEqual(['login'])
    emulator.faults.clear()
    advance(PAUSE_MS)
    expect(await client.sendSignals()).toMatchObject({ sent: 20, logins: 10 })
  })

  test('a metrics endpoint in trouble keeps nobody from sending', async () => {
    const { client, emulator } = await afterBan(24 * HOUR_MS)
    emulator.faults.inject({ route: 'metrics', status: 500, ...ALWAYS })
    expect(await client.sendSignals()).toMatchObject({ sent: 20 })
  })

  test('a probe without an answer lets nothing else leave, and says when to come back', async () => {
    const { client, connect, emulator, requests, advance } = await afterBan(24 * HOUR_MS)
    emulator.faults.inject({ route: '*', kind: 'reset', ...ALWAYS })
    const report = await client.sendSignals()
    expect(report).toMatchObject({ sent: 0, requests: 1, stopped: 'outage' })
    expect(report.resumeInMs).toBeGreaterThan(2 * MINUTE_MS)
    const enrolment = { machineIds: [machine(1)], attachmentKey: 'attachmentkey1' }
    expect(await connect().enrollMachines(enrolment)).toMatchObject([
      { status: 'postponed', error: { code: 'network_error' } },
    ])
    expect(requests()).toEqual(['metrics', 'metrics'])
    emulator.faults.clear()
    await sendAll(client, advance)
    expect(emulator.signals.duplicates()).toEqual([])
  })

  test('a machine whose sealed password was damaged keeps none of the others from sending', async () => {
    const { client, emulator, storage, advance } = await afterBan(24 * HOUR_MS, {
      encryptionKey: 'correct horse battery',
    })
    const stored = await storage.getMachine(machine(2))
    await storage.updateMachine(machine(2), { password: `${stored?.password.slice(0, -4)}AAAA` })
    for (let run = 0; run < 3; run += 1) {
      await client.sendSignals().catch((error: unknown) => expect(error).toMatchObject({ code: 'sealed_text_damaged' }))
      advance(MINUTE_MS)
    }
    // Two of each machine from before the ban, and two of each but the damaged one from after it.
    expect(emulator.signals.size).toBe(20 + 18)
  })

  test('a spent login budget is no ban: machines wait for it as ever, and the probe is made when a login is free', async () => {
    const loginBudget = { logins: 10, windowMs: 24 * HOUR_MS }
    const { client, emulator, requests, advance } = await afterBan(HOUR_MS, { loginBudget })
    const report = await client.sendSignals()
    expect(report).toMatchObject({ sent: 0, postponed: 20, requests: 0 })
    expect(report).not.toHaveProperty('stopped')
    advance(25 * HOUR_MS)
    emulator.faults.inject({ route: '*', kind: 'ban', ...ALWAYS })
    expect(await client.sendSignals()).toMatchObject({ stopped: 'forbidden' })
    expect(requests()).toEqual(['login'])
  })
})

test('signals answered 403 are not rejected while nobody can tell whether the address is forbidden', async () => {
  const { client, emulator, advance, storage } = arrange({ tokenLifetimeMs: 24 * HOUR_MS })
  await client.addSignals(signalsOf(machine(1), 4))
  emulator.faults.inject({ route: 'signals', kind: 'ban', ...ALWAYS })
  await client.sendSignals()
  emulator.faults.inject({ route: 'metrics', status: 503, ...ALWAYS })
  for (let round = 0; round < 3; round += 1) {
    advance(PAUSE_MS)
    expect(await client.sendSignals()).toMatchObject({ rejected: 0, stopped: 'forbidden' })
  }
  expect(await storage.stats()).toMatchObject({ pending: 4, rejected: 0 })
  emulator.faults.clear()
  await sendAll(client, advance)
  expect(emulator.signals.size).toBe(4)
})
