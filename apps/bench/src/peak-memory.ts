import { readFileSync, writeFileSync } from 'node:fs'
import { createSignal, type Signal } from '@cscapi/client'
import { startEmulator } from './emulator.js'
import type { Contest, Numbers, Row, Setting } from './frame/bench.js'
import { clientOf, type Load } from './sending.js'
import { queuedSignals, signalInput } from './signals.js'
import { stores } from './stores.js'

const KIB = 2 ** 10
const MIB = 2 ** 20
const [FEW, MANY] = [10_000, 1_000_000]
const MACHINES = 20
/** 150 MB, in MiB. */
const MOST = 143

/**
 * Resident memory at its highest. Not by `resourceUsage` where there is another way: Linux counts
 * the parent's peak there too, and never forgets one.
 */
function peakMib(): number {
  if (process.platform !== 'linux') return (process.resourceUsage().maxRSS * KIB) / MIB
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return (Number(kib) * KIB) / MIB
}

/** Begins to count anew, where the system can: what was prepared is not the work's. */
function forgetPeak(): void {
  globalThis.gc?.()
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5')
}

function* signalsOf({ machines, each }: Load): Generator<Signal> {
  for (let number = 0; number < machines * each; number += 1) yield createSignal(signalInput(number, machines))
}

async function* comingIn(load: Load): AsyncGenerator<Signal> {
  yield* signalsOf(load)
}

async function adding(count: number, { folder, isSmall }: Setting): Promise<Numbers> {
  const { storage } = await stores.SQLite(folder)
  const client = clientOf(storage, 'http://127.0.0.1:9')
  const each = (isSmall ? count / 100 : count) / MACHINES
  const { added } = await client.addSignals(comingIn({ machines: MACHINES, each }))
  await client.close()
  return { peakMib: peakMib(), done: added, all: each * MACHINES }
}

async function draining(count: number, { folder, isSmall }: Setting): Promise<Numbers> {
  const emulator = await startEmulator(0)
  const { storage } = await stores.SQLite(folder)
  const client = clientOf(storage, emulator.url)
  try {
    const all = isSmall ? count / 100 : count
    for (let at = 0; at < all; at += 100) await storage.enqueue(queuedSignals(100, MACHINES))
    forgetPeak()
    const { sent } = await client.sendSignals()
    return { peakMib: peakMib(), done: sent, all }
  } finally {
    await client.close()
    emulator.stop()
  }
}

/** A program from its start to its end, which holds all its signals in an array. */
async function program(each: number, { folder, isSmall }: Setting): Promise<Numbers> {
  const emulator = await startEmulator(0)
  const { storage } = await stores.SQLite(folder)
  const client = clientOf(storage, emulator.url)
  try {
    const signals = [...signalsOf({ machines: isSmall ? 4 : 200, each })]
    await client.addSignals(signals)
    const { sent } = await client.sendSignals()
    return { peakMib: peakMib(), done: sent, all: signals.length }
  } finally {
    await client.close()
    emulator.stop()
  }
}

const KINDS = {
  'addSignals of an async iterable': adding,
  'draining a backlog': draining,
}
const PROGRAMS: Readonly<Record<string, { each: number; atMost: number }>> = {
  '2,000 signals of 200 machines added and sent': { each: 10, atMost: 90 },
  '20,000 signals of 200 machines added and sent': { each: 100, atMost: 120 },
}

const sideOf = (kind: string, count: number) => `${kind}, ${count.toLocaleString('en-US')}`

const countRow = (side: string): Row => ({
  name: `signals done, ${side}`,
  unit: '',
  ours: [side, 'done'],
  baseline: [side, 'all'],
  goal: 'equal',
})

/** The highest memory of a process that adds or sends a million signals, against 10,000. */
export const peakMemory: Contest = {
  sides: Object.fromEntries([
    ...Object.entries(KINDS).flatMap(([kind, work]) =>
      [FEW, MANY].map((count) => [sideOf(kind, count), (setting: Setting) => work(count, setting)]),
    ),
    ...Object.entries(PROGRAMS).map(([name, { each }]) => [name, (setting: Setting) => program(each, setting)]),
  ]),
  rows: [
    ...Object.keys(KINDS).flatMap((kind): Row[] => {
      const [few, many] = [sideOf(kind, FEW), sideOf(kind, MANY)]
      const reading: Pick<Row, 'unit' | 'ours'> = { unit: 'MiB', ours: [many, 'peakMib'] }
      return [
        { name: `peak, ${many}`, ...reading, baseline: [few, 'peakMib'], goal: { ratio: { atMost: 1.2 } } },
        { name: `peak, ${many}, alone`, ...reading, goal: { ours: { atMost: MOST } } },
        countRow(few),
        countRow(many),
      ]
    }),
    ...Object.entries(PROGRAMS).flatMap(([name, { atMost }]): Row[] => [
      { name: `peak, ${name}`, unit: 'MiB', ours: [name, 'peakMib'], goal: { ours: { atMost } } },
      countRow(name),
    ]),
  ],
}
