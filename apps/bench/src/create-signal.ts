import { randomUUID } from 'node:crypto'
import { createSignal } from '@cscapi/client'
import type { Contest, Numbers, Setting } from './frame/bench.js'
import { type SignalInput, signalInput } from './signals.js'

const SIGNALS = 200_000
/** So that what is measured has been compiled: a long-lived process makes signals all day. */
const WARM_UP = 50_000

/** Signals a second of processor time. */
function pace({ isSmall }: Setting, make: (input: SignalInput) => string): Numbers {
  const inputs = Array.from({ length: 1_000 }, (_, number) => signalInput(number, 1))
  const signals = isSmall ? inputs.length : SIGNALS
  if (!isSmall) cpuSeconds(inputs, WARM_UP, make)
  return { perSecond: signals / cpuSeconds(inputs, signals, make) }
}

function cpuSeconds(inputs: readonly SignalInput[], signals: number, make: (input: SignalInput) => string): number {
  let made = 0
  const started = process.cpuUsage()
  for (let round = 0; round < signals / inputs.length; round += 1)
    for (const input of inputs) made += make(input).length
  const { user, system } = process.cpuUsage(started)
  if (made === 0) throw new Error('No signal was made')
  return (user + system) / 1_000_000
}

/** `createSignal`, against a bare object of the same signal; both are stringified. */
export const createSignals: Contest = {
  sides: {
    ours: (setting) => pace(setting, (input) => JSON.stringify(createSignal(input))),
    bare: (setting) => pace(setting, (input) => JSON.stringify(bareSignal(input))),
  },
  rows: [
    {
      name: 'createSignal and JSON.stringify, a CPU second',
      unit: '/s',
      ours: ['ours', 'perSecond'],
      baseline: ['bare', 'perSecond'],
      goal: { ratio: { atLeast: 0.5 } },
    },
  ],
}

/** What would be written by hand, without validation. */
function bareSignal({ attackerIp, scenario, createdAt, machineId, context }: SignalInput): object {
  const time = createdAt.toISOString()
  return {
    message: `Ip ${attackerIp} performed '${scenario}'`,
    scenario,
    scenario_hash: '',
    scenario_version: '',
    scenario_trust: 'manual',
    source: { scope: 'Ip', value: attackerIp, ip: attackerIp },
    created_at: time,
    start_at: time,
    stop_at: time,
    machine_id: machineId,
    uuid: randomUUID(),
    context: Object.entries(context).flatMap(([key, values]) => [values].flat().map((value) => ({ key, value }))),
    decisions: [],
  }
}
