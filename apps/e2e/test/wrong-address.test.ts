import { describe, expect, test } from 'vitest'
import { arrange, machine, sendAll, signalsOf } from './arrange.js'

const ALWAYS = { times: Number.POSITIVE_INFINITY }
const NOWHERE = [
  { status: 404, body: { message: 'no Route matched with those values' } },
  { status: 404, body: '<html>not found</html>', headers: { 'content-type': 'text/html' } },
  { status: 405, body: '' },
  { status: 410, body: '' },
  { status: 403, body: { message: 'Missing Authentication Token' } },
]
const ROUTES = ['register', 'login', 'signals', '*'] as const
const CASES = ROUTES.flatMap((route) => NOWHERE.map((answer) => ({ route, answer })))

describe('an address without a CAPI', () => {
  test.each(CASES)(
    'ends the run at once, pauses nothing and makes no machine failing: $route $answer.status $answer.body',
    async ({ route, answer }) => {
      const { client, emulator, storage, advance } = arrange()
      for (let number = 1; number <= 50; number += 1) await client.addSignals(signalsOf(machine(number), 1))
      emulator.faults.inject({ route, ...answer, ...ALWAYS })
      const report = await client.sendSignals({ concurrency: 1 })
      expect(report).toMatchObject({ sent: 0, postponed: 1, failing: 0, stopped: 'misconfigured' })
      expect(report.problems).toMatchObject([{ code: 'not_found', count: 1, machines: 1 }])
      expect(report.problems[0]?.message).toContain('there is no CAPI at http://127.0.0.1:8088/v3')
      expect(report.resumeInMs).toBeGreaterThan(0)
      expect(emulator.record.count()).toBeLessThanOrEqual(3)
      expect(await storage.listMachines({ failing: true })).toMatchObject({ machines: [] })
      expect(await client.stats()).toMatchObject({ pausedUntil: undefined, pending: 50, leased: 0 })
      emulator.faults.clear()
      await sendAll(client, advance)
      expect(emulator.signals.size).toBe(50)
    },
  )

  test('is asked once by each worker at most', async () => {
    const { client, emulator } = arrange()
    for (let number = 1; number <= 50; number += 1) await client.addSignals(signalsOf(machine(number), 1))
    emulator.faults.inject({ route: '*', status: 404, ...ALWAYS })
    expect(await client.sendSignals({ concurrency: 8 })).toMatchObject({ stopped: 'misconfigured' })
    expect(emulator.record.count()).toBeLessThanOrEqual(8)
  })

  test('ends an enrolment, and is told by a pull and a check', async () => {
    const { client, emulator } = arrange()
    emulator.faults.inject({ route: ['enroll', 'decisions', 'metrics'], status: 404, ...ALWAYS })
    const machineIds = Array.from({ length: 20 }, (_, index) => machine(index + 1))
    const results = await client.enrollMachines({ machineIds, attachmentKey: 'attachmentkey1' })
    expect(new Set(results.map((result) => 'error' in result && result.error.code))).toEqual(new Set(['not_found']))
    expect(emulator.record.count({ route: 'enroll' })).toBe(1)
    const told = { code: 'not_found', message: expect.stringContaining('there is no CAPI at') }
    await expect(client.getDecisions({ machineId: machine() })).rejects.toMatchObject(told)
    await expect(client.verify({ machineId: machine() })).rejects.toMatchObject(told)
  })

  test('metrics that nobody takes are told of, and asked for once', async () => {
    const { client, emulator } = arrange()
    for (let number = 1; number <= 20; number += 1) await client.addSignals(signalsOf(machine(number), 1))
    emulator.faults.inject({ route: 'metrics', status: 404, ...ALWAYS })
    const report = await client.sendSignals({ concurrency: 1 })
    expect(report).toMatchObject({ sent: 20, problems: [{ code: 'not_found', count: 1, machines: 1 }] })
    expect(report).not.toHaveProperty('stopped')
    expect(emulator.record.count({ route: 'metrics' })).toBe(1)
  })
})
