import { generateMachineIdFromKey } from '@cscapi/client'
import { Agents, BouncerKeys, createLocalApi, type LocalApiOptions } from '@cscapi/local-api'
import { arrange as arrangeClient } from './arrange.js'

export const PASSWORD = 'the-password-of-an-agent'
export const MACHINE = generateMachineIdFromKey('local-api-agents')

/** A Local API with its store, a client and an emulator behind it, on one clock that stands. */
export async function arrangeLocalApi(options: Partial<LocalApiOptions> = {}) {
  const arranged = arrangeClient({ strict: true })
  const { client, clock, storage } = arranged
  const decisions = await client.decisions()
  const keys = new BouncerKeys(storage, { now: clock.now })
  const machines = new Agents(storage, { now: clock.now })
  const key = await keys.add('firewall')
  await machines.add('agent-1', { password: PASSWORD })
  const warnings: { code: string; message: string }[] = []
  /** The server of a new process on the same store. */
  const begin = (more: Partial<LocalApiOptions> = {}) =>
    createLocalApi({
      decisions,
      client,
      keys,
      machines,
      storage,
      machineId: MACHINE,
      now: clock.now,
      onWarning: (warning) => warnings.push(warning),
      ...options,
      ...more,
    })
  const server = { api: begin() }
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    server.api.fetch(
      new Request(`http://lapi.test${path}`, {
        method,
        headers,
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    )
  const login = async (machine_id = 'agent-1', password = PASSWORD) =>
    ask('POST', '/v1/watchers/login', { machine_id, password, scenarios: null })
  const tokenOf = async () => JSON.parse(await (await login()).text()).token
  /** As an agent that has logged in. */
  const agent = async () => {
    const token = await tokenOf()
    return (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      ask(method, path, body, { authorization: `Bearer ${token}`, ...headers })
  }
  const poll = async (query = ''): Promise<Polled> =>
    JSON.parse(await (await ask('GET', `/v1/decisions/stream?${query}`, undefined, { 'x-api-key': key })).text())
  return { ...arranged, agent, ask, begin, decisions, key, keys, login, machines, poll, server, warnings }
}

/** What one poll of a bouncer gives. */
interface Polled {
  readonly new: readonly { readonly value: string }[]
  readonly deleted: readonly { readonly value: string }[]
}

/** An alert as the engine's agent posts it. */
export function alert(ip: string, more: Record<string, unknown> = {}) {
  return {
    capacity: 5,
    decisions: null,
    events: [{ meta: [{ key: 'log_type', value: 'ssh_failed-auth' }], timestamp: '2026-02-28T23:44:16Z' }],
    events_count: 6,
    labels: null,
    leakspeed: '10s',
    message: `Ip ${ip} performed 'crowdsecurity/ssh-bf' (6 events over 1.01s) at 2026-02-28 23:44:16.649 +0000 UTC`,
    remediation: true,
    scenario: 'crowdsecurity/ssh-bf',
    scenario_hash: '4441dcff07020f6690d998b7101e642359ba405c2abb83565bbbdcee36de280f',
    scenario_version: '0.1',
    simulated: false,
    source: { ip, scope: 'Ip', value: ip },
    start_at: '2026-02-28T23:44:15.636797862Z',
    stop_at: '2026-02-28T23:44:16.649796867Z',
    ...more,
  }
}

/** An alert of now, as a server on the system's clock wants it. */
export const newAlert = (ip: string) => {
  const at = new Date().toISOString()
  return alert(ip, { start_at: at, stop_at: at })
}
