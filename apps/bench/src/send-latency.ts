import { startEmulator } from './emulator.js'
import { timed } from './figure.js'
import type { Contest, Goal, Numbers, Row, Setting } from './frame/bench.js'
import { CONCURRENCY, clientOf, fill, type Load, logIn, postBare, requestsOf, tokenOf } from './sending.js'
import { stores } from './stores.js'

const LATENCY_MS = 20
/** New machines call twice before they send: to register, and to log in. */
const LOGIN_CALLS = 2

interface Case {
  readonly load: Load
  readonly areNew: boolean
  /** Requests that can be under way at once: a machine sends one batch after another. */
  readonly concurrency: number
  readonly goal: Goal
}

const FLEET: Load = { machines: 200, each: 100 }

const CASES: Readonly<Record<string, Case>> = {
  '200 known machines × 100': {
    load: FLEET,
    areNew: false,
    concurrency: CONCURRENCY,
    goal: { ratio: { atMost: 1.15 } },
  },
  '200 new machines × 100': { load: FLEET, areNew: true, concurrency: CONCURRENCY, goal: { ratio: { atMost: 1.3 } } },
  'one machine × 10,000': {
    load: { machines: 1, each: 10_000 },
    areNew: false,
    concurrency: 1,
    goal: { ratio: { atMost: 1.15 } },
  },
}

const loadOf = ({ load }: Case, { isSmall }: Setting): Load =>
  isSmall ? { machines: Math.min(load.machines, 4), each: 120 } : load

const leastOf = (one: Case, setting: Setting) => requestsOf(loadOf(one, setting), one.areNew ? LOGIN_CALLS : 0)

async function measure(one: Case, setting: Setting): Promise<Numbers> {
  const load = loadOf(one, setting)
  const emulator = await startEmulator(LATENCY_MS)
  const { storage } = await stores.SQLite(setting.folder)
  const client = clientOf(storage, emulator.url)
  try {
    if (!one.areNew) await logIn(client, load)
    await fill(storage, load)
    const before = await emulator.requests()
    const ms = await timed(() => client.sendSignals())
    const requests = (await emulator.requests()) - before
    const least = leastOf(one, setting)
    return { ms, requests, least, bestMs: (least / one.concurrency) * LATENCY_MS }
  } finally {
    await client.close()
    emulator.stop()
  }
}

/** What bare calls take for as many requests: a timer of 20 ms does not fire after 20.0 ms. */
async function measureBare(one: Case, setting: Setting): Promise<Numbers> {
  const emulator = await startEmulator(LATENCY_MS)
  try {
    const token = await tokenOf(emulator.url)
    return { ms: await timed(() => postBare(emulator.url, token, leastOf(one, setting), one.concurrency)) }
  } finally {
    emulator.stop()
  }
}

const cases = Object.entries(CASES)

/** Sending from SQLite at 20 ms latency, against the best that the number of requests allows. */
export const sendLatency: Contest = {
  sides: Object.fromEntries(
    cases.flatMap(([name, one]) => [
      [name, (setting: Setting) => measure(one, setting)],
      [`${name}, bare`, (setting: Setting) => measureBare(one, setting)],
    ]),
  ),
  rows: cases.flatMap(([name, { goal }]): Row[] => [
    { name: `send at 20 ms, ${name}`, unit: 'ms', ours: [name, 'ms'], baseline: [name, 'bestMs'], goal },
    { name: `the same, beside bare fetch, ${name}`, unit: 'ms', ours: [name, 'ms'], baseline: [`${name}, bare`, 'ms'] },
    { name: `requests, ${name}`, unit: '', ours: [name, 'requests'], baseline: [name, 'least'], goal: 'equal' },
  ]),
}
