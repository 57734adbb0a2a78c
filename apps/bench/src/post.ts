import { createCapi, generatePassword } from '@cscapi/core'
import ky from 'ky'
import { startEmulator } from './emulator.js'
import { type Figure, median } from './figure.js'
import { machineId, queuedSignals } from './signals.js'

const BATCH = 50
const POSTS = 300
const ROUNDS = 7

/**
 * CPU of this process for one POST of 50 signals, against a bare `fetch` of a body that is ready;
 * and what it would be through ky, which is why signals go past it.
 */
export async function postSignals(): Promise<Figure[]> {
  const emulator = await startEmulator(0)
  try {
    const capi = createCapi({ environment: { baseUrl: emulator.url } })
    const credentials = { machineId: machineId(0), password: generatePassword() }
    await capi.register(credentials)
    const { token } = await capi.login({ ...credentials, scenarios: [] })
    const payloads = queuedSignals(BATCH, 1).map(({ payload }) => payload)
    const body = `[${payloads.join(',')}]`
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const client = ky.create({ prefixUrl: emulator.url, headers, retry: 0, redirect: 'manual' })
    const ways = {
      bare: async () => (await fetch(`${emulator.url}/signals`, { method: 'POST', headers, body })).text(),
      ours: () => capi.pushSignals({ token, payloads }),
      ky: () => client.post('signals', { body, signal: new AbortController().signal }).text(),
    }
    for (const post of Object.values(ways)) await cpuMs(post)
    const rounds: Record<keyof typeof ways, number>[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({ bare: await cpuMs(ways.bare), ours: await cpuMs(ways.ours), ky: await cpuMs(ways.ky) })
    }
    const figure = (name: string, way: 'ours' | 'ky', goal: Figure['goal']): Figure => ({
      name,
      ours: inMs(median(rounds.map((round) => round[way]))),
      baseline: inMs(median(rounds.map(({ bare }) => bare))),
      ratio: median(rounds.map((round) => round[way] / round.bare)),
      goal,
    })
    return [
      figure('POST of 50 signals, CPU', 'ours', { atMost: 1 }),
      figure('the same through ky, CPU', 'ky', { atLeast: 1.3 }),
    ]
  } finally {
    emulator.stop()
  }
}

const inMs = (ms: number) => `${ms.toFixed(2)} ms`

async function cpuMs(post: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  for (let sent = 0; sent < POSTS; sent += 1) await post()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000 / POSTS
}
