import { costOf } from './cost.js'
import { startEmulator } from './emulator.js'
import type { Contest, Goal, Numbers, Row, Setting } from './frame/bench.js'
import { CONCURRENCY, clientOf, fill, type Load, logIn, postBare, requestsOf, tokenOf } from './sending.js'
import { type StoreName, stores } from './stores.js'

const loadOf = ({ isSmall }: Setting): Load => (isSmall ? { machines: 4, each: 120 } : { machines: 40, each: 1_000 })

const GOALS: Readonly<Record<StoreName, Goal>> = {
  memory: { ratio: { atLeast: 1 } },
  SQLite: { ratio: { atLeast: 0.6 } },
  PostgreSQL: { ratio: { atLeast: 0.5 } },
  Redis: { ratio: { atLeast: 0.6 } },
}

/** Signals a second of the clock, and a second of this process's processor time. */
async function rates(load: Load, run: () => Promise<unknown>): Promise<Numbers> {
  const signals = load.machines * load.each
  const { cpuUs, wallUs } = await costOf(1, run)
  return { rate: (signals / wallUs) * 1_000_000, cpuRate: (signals / cpuUs) * 1_000_000 }
}

async function measureStore(name: StoreName, setting: Setting): Promise<Numbers> {
  const load = loadOf(setting)
  const emulator = await startEmulator(0)
  const { storage, stop } = await stores[name](setting.folder)
  const client = clientOf(storage, emulator.url)
  try {
    await logIn(client, load)
    // A process that serves for long has compiled what it runs.
    await fill(storage, load)
    await client.sendSignals()
    await fill(storage, load)
    const before = await emulator.requests()
    const numbers = await rates(load, () => client.sendSignals())
    return { ...numbers, requests: (await emulator.requests()) - before, least: requestsOf(load) }
  } finally {
    await client.close()
    await stop()
    emulator.stop()
  }
}

async function measureBare(setting: Setting): Promise<Numbers> {
  const load = loadOf(setting)
  const emulator = await startEmulator(0)
  try {
    const token = await tokenOf(emulator.url)
    const post = () => postBare(emulator.url, token, requestsOf(load), CONCURRENCY)
    await post()
    return await rates(load, post)
  } finally {
    emulator.stop()
  }
}

const names = Object.keys(GOALS) as StoreName[]

/** Sending from each store without latency, against `fetch` calls with a body that is ready. */
export const send: Contest = {
  sides: {
    ...Object.fromEntries(names.map((name) => [name, (setting: Setting) => measureStore(name, setting)])),
    bare: measureBare,
  },
  rows: names.flatMap((name): Row[] => [
    { name: `send, ${name}`, unit: '/s', ours: [name, 'rate'], baseline: ['bare', 'rate'], goal: GOALS[name] },
    { name: `send, ${name}, a CPU second`, unit: '/s', ours: [name, 'cpuRate'], baseline: ['bare', 'cpuRate'] },
    { name: `requests, ${name}`, unit: '', ours: [name, 'requests'], baseline: [name, 'least'], goal: 'equal' },
  ]),
}
