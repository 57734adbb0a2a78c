import { DecisionSet } from '@cscapi/decisions'
import { expect, test } from 'vitest'
import { Agents, createLocalApi } from '../src/index.js'
import { memoryState } from '../src/stored-json.js'
import { KEY, START } from './arrange.js'

const PASSWORD = 'the-password-of-an-agent'

const alert = (at: number, bytes: number) => ({
  scenario: 'crowdsecurity/ssh-bf',
  scenario_hash: '',
  scenario_version: '',
  message: 'm'.repeat(bytes),
  events_count: 6,
  capacity: 5,
  leakspeed: '10s',
  start_at: new Date(START - 60_000).toISOString(),
  stop_at: new Date(START).toISOString(),
  simulated: false,
  remediation: true,
  events: [],
  source: { scope: 'Ip', value: `203.0.${at >> 8}.${at & 255}` },
})

test('1,000 alerts of 40 KB are taken, one id each; more than 50 MiB is refused with nothing taken', async () => {
  const now = () => START
  const machines = new Agents(memoryState(), { now })
  await machines.add('agent-1', { password: PASSWORD })
  const decisions = new DecisionSet({ now })
  let added = 0
  const addSignals = async (signals: readonly unknown[]) => {
    added += signals.length
    return { added: signals.length }
  }
  const api = createLocalApi({
    decisions,
    keys: [{ name: 'b1', key: KEY }],
    client: { addSignals, decisions: async () => decisions } as never,
    machines,
    machineId: 'a'.repeat(48),
    now,
  })
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    api.fetch(new Request(`http://lapi.test${path}`, { method: 'POST', headers, body: JSON.stringify(body) }))
  const login = await post('/v1/watchers/login', { machine_id: 'agent-1', password: PASSWORD })
  const headers = { authorization: `Bearer ${JSON.parse(await login.text()).token}` }
  const batch = (bytes: number) => Array.from({ length: 1_000 }, (_, at) => alert(at, bytes))

  const refused = await post('/v1/alerts', batch(55_000), headers)
  expect([refused.status, await refused.json(), added]).toEqual([400, { message: 'http: request body too large' }, 0])

  const taken = await post('/v1/alerts', batch(40_000), headers)
  expect(taken.status).toBe(201)
  expect(new Set(JSON.parse(await taken.text())).size).toBe(1_000)
  expect(added).toBe(1_000)
})
