import { createCapi, generatePassword } from '@cscapi/core'
import ky from 'ky'
import { startEmulator } from './emulator.js'
import type { Contest, Numbers, Setting } from './frame/bench.js'
import { machineId, queuedSignals } from './signals.js'

const BATCH = 50
const POSTS = 1_000
const SMALL_POSTS = 20

interface Target {
  readonly url: string
  readonly token: string
  readonly payloads: readonly string[]
}

/** Milliseconds of this process's time for one POST, and how many requests the server counted. */
async function costOf({ isSmall }: Setting, wayTo: (target: Target) => () => Promise<unknown>): Promise<Numbers> {
  const emulator = await startEmulator(0)
  try {
    const capi = createCapi({ environment: { baseUrl: emulator.url } })
    const credentials = { machineId: machineId(0), password: generatePassword() }
    await capi.register(credentials)
    const { token } = await capi.login({ ...credentials, scenarios: [] })
    const post = wayTo({ url: emulator.url, token, payloads: queuedSignals(BATCH, 1).map(({ payload }) => payload) })
    const posts = isSmall ? SMALL_POSTS : POSTS
    if (!isSmall) await cpuMs(post, POSTS / 2)
    const before = await emulator.requests()
    const cost = (await cpuMs(post, posts)) / posts
    return { cpuMs: cost, posts, requests: (await emulator.requests()) - before }
  } finally {
    emulator.stop()
  }
}

async function cpuMs(post: () => Promise<unknown>, posts: number): Promise<number> {
  const before = process.cpuUsage()
  for (let sent = 0; sent < posts; sent += 1) await post()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

const bodyOf = ({ payloads }: Target) => `[${payloads.join(',')}]`
const headersOf = ({ token }: Target) => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' })

/** A POST of 50 signals, against a bare `fetch` of a body that is ready; and through ky. */
export const postSignals: Contest = {
  sides: {
    ours: (setting) =>
      costOf(setting, ({ url, token, payloads }) => {
        const capi = createCapi({ environment: { baseUrl: url } })
        return () => capi.pushSignals({ token, payloads })
      }),
    bare: (setting) =>
      costOf(setting, (target) => {
        const request = { method: 'POST', headers: headersOf(target), body: bodyOf(target) }
        return async () => (await fetch(`${target.url}/signals`, request)).text()
      }),
    ky: (setting) =>
      costOf(setting, (target) => {
        const body = bodyOf(target)
        const client = ky.create({ prefixUrl: target.url, headers: headersOf(target), retry: 0, redirect: 'manual' })
        return () => client.post('signals', { body, signal: new AbortController().signal }).text()
      }),
  },
  rows: [
    {
      name: 'POST of 50 signals, CPU',
      unit: 'ms',
      ours: ['ours', 'cpuMs'],
      baseline: ['bare', 'cpuMs'],
      goal: { ratio: { atMost: 1 } },
    },
    { name: 'the same through ky, CPU', unit: 'ms', ours: ['ky', 'cpuMs'], baseline: ['bare', 'cpuMs'] },
    {
      name: 'requests of so many POSTs',
      unit: '',
      ours: ['ours', 'requests'],
      baseline: ['ours', 'posts'],
      goal: 'equal',
    },
  ],
}
