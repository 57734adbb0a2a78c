import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, MINUTE_MS, machine, signalsOf } from './arrange.js'

/**
 * The grammar of the text format, version 0.0.4, strictly: each family is announced once, and its
 * samples follow.
 */
function parse(text: string): Map<string, number> {
  const samples = new Map<string, number>()
  let family = ''
  for (const line of text.split('\n').slice(0, -1)) {
    const help = /^# HELP ([a-z_]+) \S.*$/.exec(line)
    const type = /^# TYPE ([a-z_]+) (?:counter|gauge)$/.exec(line)
    const sample = /^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\n"])*",?)+\})? (\S+)$/.exec(line)
    if (help) {
      family = String(help[1])
      expect([...samples.keys()].some((name) => name.replace(/\{.*/, '') === family)).toBe(false)
    } else if (type) expect(type[1]).toBe(family)
    else {
      expect(sample?.[1], line).toBe(family)
      const name = `${sample?.[1]}${sample?.[2] ?? ''}`
      expect(samples.has(name), `${name} comes once`).toBe(false)
      expect(Number.isFinite(Number(sample?.[3])), line).toBe(true)
      samples.set(name, Number(sample?.[3]))
    }
  }
  expect(text.endsWith('\n')).toBe(true)
  return samples
}

describe('client.prometheus()', () => {
  test('tells of the queue, the machines, the requests and the logins, in the text format', async () => {
    const { connect, emulator, advance } = arrange()
    const client = connect({ loginBudget: { logins: 20, windowMs: 50 * MINUTE_MS } })
    await client.addSignals([...signalsOf(machine(1), 60), ...signalsOf(machine(2), 5), ...signalsOf(machine(3), 1)])
    emulator.faults.inject({ route: 'signals', status: 503, machineId: machine(2) })
    emulator.faults.inject({ route: 'login', kind: 'bad-credentials', machineId: machine(3) })
    await client.sendSignals({ concurrency: 1 })
    advance(30_000)
    const samples = parse(await client.prometheus())
    expect(Object.fromEntries(samples)).toMatchObject({
      cscapi_signals_pending: 6,
      cscapi_signals_leased: 0,
      cscapi_signals_rejected: 0,
      cscapi_signals_sent_total: 60,
      cscapi_machines: 3,
      cscapi_machines_failing: 1,
      'cscapi_requests_total{endpoint="signals",status="200"}': 2,
      'cscapi_requests_total{endpoint="signals",status="503"}': 1,
      'cscapi_requests_total{endpoint="login",status="403"}': 1,
      cscapi_logins_total: 2,
      cscapi_login_budget_left: 17,
      'cscapi_paused_seconds{reason="forbidden"}': 0,
    })
    expect(samples.get('cscapi_oldest_signal_seconds')).toBeGreaterThanOrEqual(30)
  })

  test('tells of a pause with its reason and what is left of it', async () => {
    const { client, emulator, advance } = arrange()
    emulator.faults.inject({ route: 'signals', kind: 'ban' })
    await client.addSignals(signalsOf(machine(), 1))
    await client.sendSignals()
    advance(HOUR_MS / 2)
    const samples = parse(await client.prometheus())
    expect(samples.get('cscapi_paused_seconds{reason="forbidden"}')).toBeCloseTo(0.55 * 3_600)
    expect(samples.get('cscapi_paused_seconds{reason="outage"}')).toBe(0)
    expect(samples.has('cscapi_login_budget_left')).toBe(false)
  })

  test('is as cheap for many signals as for few: it asks the store three things', async () => {
    const { connect, storage } = arrange()
    const calls: string[] = []
    const counted = new Proxy(storage, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          calls.push(String(name))
          return Reflect.apply(value, target, args)
        }
      },
    })
    const client = connect({ storage: counted })
    await client.addSignals(signalsOf(machine(), 5_000))
    calls.length = 0
    await client.prometheus()
    expect(calls.sort()).toEqual(['getState', 'getState', 'stats'])
  })
})
