import { DecisionSet } from '@cscapi/decisions'
import { createLocalApi, type LocalApiOptions } from '../src/index.js'

export const KEY = 'a-key-of-a-bouncer-in-a-test'
export const START = Date.UTC(2026, 10, 28, 12)
const HOUR = 3_600_000

/** A Local API in this process, whose time stands until it is moved. */
export function arrange(options: Partial<LocalApiOptions> = {}) {
  const clock = { at: START }
  const now = () => clock.at
  const decisions = options.decisions ?? new DecisionSet({ now })
  const api = createLocalApi({ decisions, keys: [{ name: 'b1', key: KEY }], now, ...options })
  const ask = (path: string, { headers, ...init }: RequestInit = {}) =>
    api.fetch(new Request(`http://lapi.test${path}`, { ...init, headers: { 'x-api-key': KEY, ...Object(headers) } }))
  return {
    api,
    ask,
    clock,
    decisions,
    now,
    /** The next poll of a bouncer that has started. */
    poll: async (query = '', init: RequestInit = {}): Promise<Polled> =>
      JSON.parse(await (await ask(`/v1/decisions/stream?${query}`, init)).text()),
  }
}

/** An item of the stream. */
export interface Item {
  readonly id?: number
  readonly duration: string
  readonly origin: string
  readonly scenario: string
  readonly scope: string
  readonly type: string
  readonly value: string
}

export interface Polled {
  readonly new: readonly Item[]
  readonly deleted: readonly Item[]
}

export const valuesOf = (items: readonly Item[]) => items.map(({ value }) => value).sort()

/** An entry of CAPI's stream. */
export const entry = (value: string, hours = 4, scenario = 'crowdsecurity/ssh-bf', scope = 'Ip') => ({
  value,
  scope,
  scenario,
  expiresAt: START + hours * HOUR,
})

/** A blocklist of addresses. */
export const list = (name: string, remediation = 'ban', duration = '24h') => ({
  name,
  scope: 'ip',
  remediation,
  duration,
})
