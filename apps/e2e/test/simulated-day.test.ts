import { readPause } from '@cscapi/core'
import type { FaultHandle, RouteName } from '@cscapi/emulator'
import { expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, machine, signalsOf } from './arrange.js'
import { arrangeScheduled } from './arrange-scheduled.js'

const MACHINES = 200
const HOURS = 24
const ALL_ROUTES: RouteName[] = ['register', 'login', 'signals', 'decisions', 'metrics']
const FORCED_REFRESHES = 3

test('a day of 200 machines with outages, bans and token expiries: few logins, silence in every pause, and everything arrives', async () => {
  const { time, emulator, storage, connect } = arrangeScheduled({ recordSignals: 'uuids' })
  const began = time.now()
  const processes = Array.from({ length: 3 }, () => connect())
  for (const { client } of processes) await client.start({ pullMachineId: machine(0) })

  let outage: FaultHandle | undefined
  const beginOutage = (status: number | undefined) => {
    const fault = status === undefined ? ({ kind: 'reset' } as const) : { status }
    outage = emulator.faults.inject({ route: ALL_ROUTES, times: Number.POSITIVE_INFINITY, ...fault })
  }
  /** What goes wrong, and in which minute of the day. */
  const troubles = new Map<number, () => void>([
    [2 * 60, () => beginOutage(503)],
    [2 * 60 + 45, () => outage?.remove()],
    [4 * 60, () => emulator.faults.inject({ route: 'signals', kind: 'ban' })],
    [7 * 60 + 10, () => emulator.machines.expireTokens()],
    [8 * 60, () => emulator.faults.inject({ route: 'signals', kind: 'rate-limit', retryAfter: 1_500 })],
    [10 * 60, () => beginOutage(undefined)],
    [10 * 60 + 20, () => outage?.remove()],
    [12 * 60, () => emulator.faults.inject({ route: 'signals', kind: 'ban' })],
    // This one meets the probe, once the pause is over.
    [12 * 60 + 30, () => emulator.faults.inject({ route: 'metrics', kind: 'ban' })],
    [13 * 60 + 30, () => void processes[0]?.client.stop().then(() => processes[0]?.client.close())],
    [15 * 60, () => beginOutage(500)],
    [15 * 60 + 30, () => outage?.remove()],
    [16 * 60 + 10, () => emulator.machines.expireTokens()],
    [18 * 60, () => emulator.faults.inject({ route: 'login', kind: 'ban' })],
    [21 * 60, () => processes[1]?.freeze()],
    [22 * 60 + 10, () => emulator.machines.expireTokens()],
  ])

  const pauses: { reason: string; from: number; until: number }[] = []
  const uuids: string[] = []
  const reporter = processes[2] as (typeof processes)[number]
  for (let minute = 0; minute < (HOURS + 3) * 60; minute += 1) {
    troubles.get(minute)?.()
    // Each machine sees two attacks every half hour, not all in the same minute.
    for (let number = minute % 30; number < MACHINES && minute < HOURS * 60; number += 30) {
      const signals = signalsOf(machine(number), 2)
      uuids.push(...signals.map(({ uuid }) => String(uuid)))
      await reporter.client.addSignals(signals)
    }
    await time.advance(MINUTE_MS)
    const pause = await readPause(storage)
    if (pause !== undefined) {
      pauses.push({ reason: pause.reason, from: time.now(), until: time.now() + pause.remainingMs })
    }
  }
  await reporter.client.close()

  expect(uuids.length).toBe(HOURS * 2 * 2 * MACHINES)
  expect(uuids.filter((uuid) => !emulator.signals.has(uuid))).toEqual([])
  expect(emulator.signals.size).toBe(uuids.length)
  expect(emulator.signals.duplicates()).toEqual([])
  expect(await storage.stats()).toMatchObject({ pending: 0, leased: 0, rejected: 0, failing: 0 })

  // Tokens live for an hour; the last three hours of the run are without attacks.
  expect(emulator.machines.size).toBe(MACHINES)
  expect(emulator.machines.logins()).toBeLessThanOrEqual(MACHINES * (HOURS + FORCED_REFRESHES))
  for (const id of emulator.machines.ids) {
    expect(emulator.machines.logins(id)).toBeLessThanOrEqual(HOURS + FORCED_REFRESHES)
  }

  const reasons = new Set(pauses.map(({ reason }) => reason))
  expect(reasons).toEqual(new Set(['forbidden', 'rate_limited', 'outage']))
  for (const { reason, from, until } of pauses) {
    const during = emulator.record.requests.filter(({ at }) => at > from && at < until)
    // A ban silences everything; the others only what sending does.
    const loud = during.filter(({ route }) => reason === 'forbidden' || route === 'signals' || route === 'metrics')
    expect(loud.map(({ route, at }) => [route, at - began])).toEqual([])
  }
  // Every 403 of a ban is followed by at least an hour without a request.
  const bans = emulator.record.requests.filter(({ status }) => status === 403)
  expect(bans.map(({ route }) => route)).toEqual(['signals', 'signals', 'metrics', 'login'])
  for (const { at } of bans) {
    expect(emulator.record.requests.filter((other) => other.at > at && other.at < at + HOUR_MS)).toEqual([])
  }
})
