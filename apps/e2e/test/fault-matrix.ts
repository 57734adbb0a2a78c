import { setImmediate as nextTurn } from 'node:timers/promises'
import { inspect } from 'node:util'
import { CapiClient } from '@cscapi/client'
import { createEmulator, type Emulator, type Fault, type RouteName } from '@cscapi/emulator'
import { MemoryStorage } from '@cscapi/storage'
import { vi } from 'vitest'
import { HOUR_MS, machine, SCENARIO, signalsOf } from './arrange.js'

export const ENDPOINTS = ['register', 'login', 'signals', 'decisions', 'enroll', 'metrics'] as const
export type Endpoint = (typeof ENDPOINTS)[number]

/**
 * When the fault strikes: the endpoint's first call only, one call in the middle, or every call.
 */
export const WHEN = ['first', 'mid', 'always'] as const
export type When = (typeof WHEN)[number]

const JSON_HEADERS = { 'content-type': 'application/json' }
const status = (code: number, message?: string) => ({
  status: code,
  ...(message !== undefined && { body: { message }, headers: JSON_HEADERS }),
})

/**
 * Every way an answer may go wrong. `refused` is made by the fetch itself: there is nobody to
 * answer.
 */
export const FAULTS = {
  400: status(400, 'Malformed'),
  '401': { kind: 'unauthorized' },
  '403 credentials': status(403, 'The machine_id or password is incorrect'),
  '403 machine': status(403, 'machine is blocked'),
  '403 already registered': status(403, 'User already registered.'),
  '403 key': status(403, 'invalid enrollment key'),
  '403 own words': status(403, 'Access denied for this scenario'),
  '403 Forbidden': status(403, 'Forbidden'),
  '403 address': status(403, 'Your IP is blocked'),
  '403 page': { status: 403, body: '<html>Request blocked</html>', headers: { 'content-type': 'text/html' } },
  '403 no route': status(403, 'Missing Authentication Token'),
  404: status(404, 'Not found'),
  405: status(405, 'Method Not Allowed'),
  408: status(408),
  409: status(409, 'Conflict'),
  413: status(413, 'Request Too Long'),
  422: status(422, 'Unprocessable'),
  425: status(425),
  429: status(429, 'Too many requests'),
  '429 Retry-After': { kind: 'rate-limit', retryAfter: 120 },
  500: status(500, 'Internal error'),
  502: status(502),
  503: status(503),
  504: status(504),
  refused: 'refused',
  'reset before': { kind: 'reset' },
  'reset after': { kind: 'reset-after' },
  timeout: { kind: 'hang' },
  'slow drip': { kind: 'drip', pieceBytes: 1, delayMs: 6_000 },
  'empty body': { status: 200, body: '', processed: true },
  'truncated JSON': { kind: 'truncated' },
  'HTML body': { status: 200, body: '<html>Welcome</html>', headers: { 'content-type': 'text/html' } },
  'wrong JSON type': { status: 200, body: '[1, "two"]', headers: JSON_HEADERS, processed: true },
  '10 MB body': {
    status: 200,
    body: `{"message":"${'x'.repeat(10_000_000)}"}`,
    headers: JSON_HEADERS,
    processed: true,
  },
  'unusable token': { status: 200, body: { token: 'one line\nand another' }, headers: JSON_HEADERS, processed: true },
  redirect: { status: 307, body: '', headers: { location: 'https://elsewhere.example.com/v3/watchers/login' } },
} as const satisfies Record<string, Omit<Fault, 'route' | 'times'> | 'refused'>
export type FaultName = keyof typeof FAULTS

/**
 * These outlast any timeout, which is what the time of a call ends by. It passes when everything
 * else is done, not by the clock on the wall.
 */
const NEVER_ENDING: ReadonlySet<FaultName> = new Set(['timeout', 'slow drip'])
const TIMEOUT_MS = 5_000
const TURNS_OF_A_CALL = 20

async function letTimePass(): Promise<void> {
  for (let turn = 0; turn < TURNS_OF_A_CALL; turn += 1) await nextTurn()
  vi.advanceTimersByTime(TIMEOUT_MS)
}

const MACHINES = 6
const PER_MACHINE = 2
const ATTACHMENT_KEY = 'attachmentkey1'
const PATHS: Record<Endpoint, string> = {
  register: '/watchers',
  login: '/watchers/login',
  signals: '/signals',
  decisions: '/decisions/stream',
  enroll: '/watchers/enroll',
  metrics: '/metrics',
}

export interface Outcome {
  /** What became of it, in a few words. */
  readonly text: string
  readonly requests: number
  /** Requests to hosts that are not CAPI. */
  readonly elsewhere: number
  /** After the fault: everything that was neither sent nor rejected. */
  readonly lost: number
  /** Secrets that were found in reports, errors, events or lines of the log. */
  readonly leaked: readonly string[]
}

/**
 * One case: a fault at an endpoint, what the client makes of it, and whether everything is well
 * once the fault is gone.
 */
export async function play(endpoint: Endpoint, name: FaultName, when: When): Promise<Outcome> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let now = Date.parse('2026-03-01T00:00:00Z')
  const emulator = createEmulator({ strict: true, now: () => now })
  const fault = FAULTS[name]
  let elsewhere = 0
  let calls = 0
  let refused = 0
  const strikes = (call: number) => (when === 'first' ? call === 1 : when === 'mid' ? call === 2 : true)
  let isOver = false
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (url.host !== '127.0.0.1:8088') elsewhere += 1
    if (!isOver && url.pathname === `/v3${PATHS[endpoint]}`) calls += 1
    const isStruck = !isOver && url.pathname === `/v3${PATHS[endpoint]}` && strikes(calls)
    if (isStruck && fault === 'refused') {
      refused += 1
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) })
    }
    if (isStruck && NEVER_ENDING.has(name)) void letTimePass()
    return emulator.fetch(input, init)
  }
  if (fault !== 'refused') {
    const times = when === 'always' ? Number.POSITIVE_INFINITY : 1
    emulator.faults.inject({ ...fault, route: endpoint satisfies RouteName, times, skip: when === 'mid' ? 1 : 0 })
  }
  const storage = new MemoryStorage({ now: () => now })
  const output: unknown[] = []
  const log = (facts: object, message: string) => output.push(facts, message)
  const client = new CapiClient({
    storage,
    scenarios: [SCENARIO],
    environment: { baseUrl: 'http://127.0.0.1:8088/v3' },
    fetch,
    timeoutMs: TIMEOUT_MS,
    leaseMs: 2 * TIMEOUT_MS,
    maxRetries: 2,
    random: () => 0.5,
    logger: { debug: log, info: log, warn: log, error: log },
    clock: {
      now: () => now,
      sleep: async (ms) => {
        now += ms
      },
    },
  })
  const text = await act(client, endpoint, output)
  const requests = emulator.record.count() + refused
  isOver = true
  emulator.faults.clear()
  const lost = await drain(client, emulator, storage, (ms) => {
    now += ms
  })
  const secrets = await secretsOf(storage, emulator)
  await client.close()
  vi.useRealTimers()
  const shown = inspect(output, { depth: 12 }) + JSON.stringify(output, withErrors)
  const leaked = secrets.filter((secret) => shown.includes(secret))
  return { text, requests, elsewhere, lost, leaked }
}

async function act(client: CapiClient, endpoint: Endpoint, output: unknown[]): Promise<string> {
  if (endpoint === 'decisions') {
    const pulls: string[] = []
    for (const _ of [1, 2]) {
      const pull = client.getDecisions({ machineId: machine(1) }).then(
        () => 'pulled',
        (error: unknown) => {
          output.push(error)
          return error instanceof Error && 'code' in error ? String(error.code) : 'untyped'
        },
      )
      pulls.push(await pull)
    }
    return pulls.join(', ')
  }
  if (endpoint === 'enroll') {
    const machineIds = [1, 2, 3].map((number) => machine(number))
    const results = await client.enrollMachines({ machineIds, attachmentKey: ATTACHMENT_KEY })
    output.push(results)
    return results.map(({ status: outcome }) => outcome).join(', ')
  }
  for (let number = 1; number <= MACHINES; number += 1) await client.addSignals(signalsOf(machine(number), PER_MACHINE))
  const report = await client.sendSignals({ concurrency: 1 })
  output.push(report)
  const { sent, rejected, postponed, failing, stopped } = report
  const parts = [
    sent > 0 && `${sent} sent`,
    rejected > 0 && `${rejected} rejected`,
    postponed > 0 && `${postponed} put back`,
    failing > 0 && `${failing} failing`,
    stopped,
  ]
  return parts.filter(Boolean).join(', ')
}

/** What is neither with CAPI nor a dead letter, after days without a fault. */
async function drain(
  client: CapiClient,
  emulator: Emulator,
  storage: MemoryStorage,
  wait: (ms: number) => void,
): Promise<number> {
  for (let day = 0; day < 10; day += 1) {
    wait(25 * HOUR_MS)
    await client.sendSignals()
  }
  const { rejected, sent, pending, leased } = await storage.stats()
  const added = pending + leased + sent + rejected
  return added - rejected - emulator.signals.size
}

async function secretsOf(storage: MemoryStorage, emulator: Emulator): Promise<string[]> {
  const { machines } = await storage.listMachines()
  const tokens = emulator.record.requests.flatMap(
    ({ headers }) => /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? [],
  )
  return [...new Set([ATTACHMENT_KEY, ...machines.map(({ password }) => password), ...tokens])]
}

const withErrors = (_: string, value: unknown) =>
  value instanceof Error ? { ...value, message: value.message, stack: value.stack, cause: value.cause } : value
