import { randomUUID } from 'node:crypto'
import { createSignal } from '@cscapi/client'
import { type Figure, median, perSecond } from './figure.js'
import { type SignalInput, signalInput } from './signals.js'

const SIGNALS = 100_000
const ROUNDS = 5

/** `createSignal`, against a bare object of the same signal; both are stringified. */
export function createSignals(): Figure {
  const inputs = Array.from({ length: 1_000 }, (_, number) => signalInput(number, 1))
  const ours: number[] = []
  const bare: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(cpuMs(inputs, (input) => JSON.stringify(createSignal(input))))
    bare.push(cpuMs(inputs, (input) => JSON.stringify(bareSignal(input))))
  }
  return {
    name: 'createSignal and JSON.stringify, CPU',
    ours: perSecond(SIGNALS, median(ours)),
    baseline: perSecond(SIGNALS, median(bare)),
    ratio: median(ours.map((ms, round) => (bare[round] ?? Number.NaN) / ms)),
    goal: { atLeast: 0.5 },
  }
}

function cpuMs(inputs: readonly SignalInput[], make: (input: SignalInput) => string): number {
  let made = 0
  const started = process.cpuUsage()
  for (let round = 0; round < SIGNALS / inputs.length; round += 1)
    for (const input of inputs) made += make(input).length
  const { user, system } = process.cpuUsage(started)
  if (made === 0) throw new Error('No signal was made')
  return (user + system) / 1_000
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
