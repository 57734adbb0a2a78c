import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, MINUTE_MS, machine, sendAll, signalsOf } from './arrange.js'

const ALWAYS = { times: Number.POSITIVE_INFINITY }
const EVERYBODY = { kind: 'unauthorized', ...ALWAYS } as const
const MACHINES = 200

/** 200 machines, all with fresh tokens and a signal to send. */
async function fleet() {
  const arranged = arrange({ tokenLifetimeMs: 24 * HOUR_MS })
  const { client, emulator } = arranged
  const addOne = async () => {
    for (let number = 1; number <= MACHINES; number += 1) await client.addSignals(signalsOf(machine(number), 1))
  }
  await addOne()
  expect(await client.sendSignals()).toMatchObject({ sent: MACHINES })
  await addOne()
  const before = emulator.record.count()
  return { ...arranged, requests: () => emulator.record.count() - before }
}

describe('where CAPI answers everybody 401, though their tokens are fresh', () => {
  test.each([1, 2, 4, 8, 64, 256])(
    'a run with %i workers ends after three machines, and 12 requests at most',
    async (concurrency) => {
      const { client, emulator, storage, requests } = await fleet()
      emulator.faults.inject({ route: 'signals', ...EVERYBODY })
      const report = await client.sendSignals({ concurrency })
      expect(report).toMatchObject({ sent: 0, failing: 0, stopped: 'unauthorized', logins: 3 })
      expect(requests()).toBeLessThanOrEqual(12)
      expect(report.problems.map(({ code }) => code)).toEqual(['unauthorized'])
      expect(await storage.stats()).toMatchObject({ pending: MACHINES, leased: 0 })
    },
  )

  test('logins included, it ends as soon', async () => {
    const { client, emulator, requests } = await fleet()
    emulator.faults.inject({ route: '*', ...EVERYBODY })
    expect(await client.sendSignals()).toMatchObject({ sent: 0, failing: 0, stopped: 'unauthorized' })
    expect(requests()).toBeLessThanOrEqual(12)
  })

  test.each(['register', 'login', 'signals', '*'] as const)(
    'so it does for machines that are new, whose %s calls are refused',
    async (route) => {
      const { client, emulator, advance } = arrange()
      for (let number = 1; number <= 20; number += 1) await client.addSignals(signalsOf(machine(number), 1))
      emulator.faults.inject({ route, ...EVERYBODY })
      expect(await client.sendSignals()).toMatchObject({ sent: 0, failing: 0, stopped: 'unauthorized' })
      // Four at most register, log in and send before the first answer is known.
      expect(emulator.record.count()).toBeLessThanOrEqual(14)
      emulator.faults.clear()
      await sendAll(client, advance)
      expect(emulator.signals.size).toBe(20)
    },
  )

  test('every process waits, longer from run to run up to an hour, and none of these runs makes more than 12 requests', async () => {
    const { client, connect, emulator, advance } = await fleet()
    emulator.faults.inject({ route: 'signals', ...EVERYBODY })
    const waits: number[] = []
    for (let run = 0; run < 8; run += 1) {
      const before = emulator.record.count()
      const report = await client.sendSignals()
      expect(report.stopped).toBe('unauthorized')
      expect(emulator.record.count() - before).toBeLessThanOrEqual(12)
      const other = connect()
      expect(await other.sendSignals()).toMatchObject({ requests: 0, stopped: 'unauthorized' })
      expect(await other.stats()).toMatchObject({ pauseReason: 'unauthorized' })
      waits.push(report.resumeInMs ?? 0)
      advance(report.resumeInMs ?? 0)
    }
    const minutes = waits.map((ms) => ms / MINUTE_MS)
    expect(minutes).toEqual([3.75, 7.5, 15, 30, 60, 60, 60, 60])
  })

  test('once it accepts them again, everything is sent, no machine is failing, and the waits begin anew', async () => {
    const { client, emulator, storage, advance } = await fleet()
    const refuse = () => emulator.faults.inject({ route: 'signals', ...EVERYBODY })
    refuse()
    for (let run = 0; run < 4; run += 1) advance((await client.sendSignals()).resumeInMs ?? 0)
    emulator.faults.clear()
    await sendAll(client, advance)
    expect(emulator.signals.size).toBe(2 * MACHINES)
    expect(emulator.signals.duplicates()).toEqual([])
    expect(await storage.listMachines({ failing: true })).toMatchObject({ machines: [] })
    refuse()
    for (let number = 1; number <= 3; number += 1) await client.addSignals(signalsOf(machine(number), 1))
    expect(await client.sendSignals()).toMatchObject({ stopped: 'unauthorized', resumeInMs: 3.75 * MINUTE_MS })
  })

  test('a fleet whose tokens were all revoked logs in and goes on, in one run', async () => {
    const { client, emulator } = await fleet()
    emulator.machines.expireTokens()
    expect(await client.sendSignals()).toMatchObject({ sent: MACHINES, logins: MACHINES, problems: [] })
  })

  test('three refused machines with accepted ones between them end no run', async () => {
    const { client, emulator } = await fleet()
    const isBad = ({ machineId = '' }) => [1, 20, 40, 60].some((number) => machine(number) === machineId)
    emulator.faults.inject({ route: 'signals', ...EVERYBODY, when: isBad })
    const report = await client.sendSignals({ concurrency: 1 })
    expect(report).toMatchObject({
      sent: MACHINES - 4,
      postponed: 4,
      problems: [{ code: 'unauthorized', machines: 4 }],
    })
    expect(report).not.toHaveProperty('stopped')
  })

  test('enrolment ends after three machines, too', async () => {
    const { client, emulator, requests } = await fleet()
    emulator.faults.inject({ route: 'enroll', ...EVERYBODY })
    const machineIds = Array.from({ length: MACHINES }, (_, index) => machine(index + 1))
    const results = await client.enrollMachines({ machineIds, attachmentKey: 'attachmentkey1' })
    expect(requests()).toBeLessThanOrEqual(12)
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['postponed']))
    expect(results).toHaveLength(MACHINES)
  })
})
