import type { SignalLease, Storage } from '@cscapi/storage'
import { FLEET_STORES, fleetSize } from './fleet-size.js'
import type { Contest, Numbers, Row, Setting } from './frame/bench.js'
import { machineId, queuedSignals } from './signals.js'
import { SimulatedWorkers } from './simulated-workers.js'
import { type StoreName, stores } from './stores.js'

const asked = fleetSize()
const MACHINES = asked.machines ?? 100_000
const WORKERS = asked.workers ?? 64
const BATCH = 2
/** Two batches, so that each machine has a first turn and one after another. */
const EACH = 2 * BATCH
/** Of so many machines one has ten times as many. */
const NOISY_EVERY = 1_000
/** Simulated times of CAPI, of which each is as likely. */
const LATENCIES_MS = [10, 20, 30, 40, 50]
/** Real time: no lease may run out while the simulation is on. */
const LEASE_MS = 3_600_000

const signalsOf = (number: number) => (number % NOISY_EVERY === 0 ? 10 * EACH : EACH)

async function fill(storage: Storage, machines: number): Promise<void> {
  const template = queuedSignals(1, 1)[0]
  if (template === undefined) throw new Error('There is no signal')
  for (let at = 0; at < machines; at += 500) {
    const numbers = Array.from({ length: Math.min(500, machines - at) }, (_, index) => at + index)
    const signals = numbers.flatMap((number) =>
      Array.from({ length: signalsOf(number) }, (_, index) => {
        return { machineId: machineId(number), uuid: `${number}-${index}`, payload: template.payload }
      }),
    )
    await storage.enqueue(signals)
  }
}

/** Lets simulated workers send all of it, and notes how long each machine waited for each turn. */
async function drain(storage: Storage, machines: number): Promise<{ waitsMs: Float64Array; sent: number }> {
  const dueSince = new Map(Array.from({ length: machines }, (_, number) => [machineId(number), 0]))
  const waits: number[] = []
  const workers = new SimulatedWorkers<SignalLease>(WORKERS, LATENCIES_MS)
  let sent = 0
  await workers.run({
    async take(nowMs) {
      const lease = await storage.lease({ leaseMs: LEASE_MS, maxSignals: BATCH })
      if (lease === undefined) return undefined
      waits.push(nowMs - (dueSince.get(lease.machineId) ?? Number.NaN))
      return lease
    },
    async finish(lease, nowMs) {
      dueSince.set(lease.machineId, nowMs)
      const { lost } = await storage.settle(lease, { sent: lease.signals.map(({ uuid }) => uuid), keepSent: false })
      if (lost) throw new Error(`The lease of ${lease.machineId} was lost`)
      sent += lease.signals.length
    },
  })
  return { waitsMs: Float64Array.from(waits).sort(), sent }
}

async function measure(name: StoreName, { folder, isSmall }: Setting): Promise<Numbers> {
  const machines = isSmall ? Math.min(500, MACHINES) : MACHINES
  const { storage, stop } = await stores[name](folder)
  try {
    await fill(storage, machines)
    const { waitsMs, sent } = await drain(storage, machines)
    const at = (part: number) => waitsMs[Math.min(waitsMs.length - 1, Math.floor(waitsMs.length * part))] ?? Number.NaN
    const mean = waitsMs.reduce((sum, wait) => sum + wait, 0) / waitsMs.length
    const all = Array.from({ length: machines }, (_, number) => signalsOf(number))
    return {
      mean,
      median: at(0.5),
      p99: at(0.99),
      longest: at(1),
      requests: waitsMs.length,
      least: all.reduce((sum, signals) => sum + Math.ceil(signals / BATCH), 0),
      sent,
      signals: all.reduce((sum, signals) => sum + signals, 0),
    }
  } finally {
    await storage.close()
    await stop()
  }
}

const names = asked.storage === undefined ? FLEET_STORES : [asked.storage]

/**
 * How long machines wait for their turn when 100,000 of them have signals for 64 workers: waits in
 * simulated time, with leases of a real store.
 */
export const fleet: Contest = {
  sides: Object.fromEntries(names.map((name) => [name, (setting: Setting) => measure(name, setting)])),
  rows: names.flatMap((name): Row[] => [
    { name: `wait for a turn, ${name}, mean`, unit: 'ms', ours: [name, 'mean'] },
    { name: `wait for a turn, ${name}, median`, unit: 'ms', ours: [name, 'median'] },
    { name: `wait for a turn, ${name}, 99th percentile`, unit: 'ms', ours: [name, 'p99'] },
    {
      name: `wait for a turn, ${name}, longest, against the mean`,
      unit: 'ms',
      ours: [name, 'longest'],
      baseline: [name, 'mean'],
      goal: { ratio: { atMost: 2 } },
    },
    { name: `requests, ${name}`, unit: '', ours: [name, 'requests'], baseline: [name, 'least'], goal: 'equal' },
    { name: `signals sent, ${name}`, unit: '', ours: [name, 'sent'], baseline: [name, 'signals'], goal: 'equal' },
  ]),
  // What is simulated is the same in every round, up to the order in which the store has machines
  // that became due at the same time.
  rounds: 1,
}
