import { gzipSync } from 'node:zlib'
import { DecisionSet } from '@cscapi/decisions'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Agents, createLocalApi } from '../src/index.js'
import { memoryState } from '../src/stored-json.js'
import { entry, KEY, START } from './arrange.js'

const isLong = process.env.CSCAPI_TEST_LONG === '1'
const RUNS = isLong ? 100_000 : 1_500
const PASSWORD = 'a-password-that-is-shown-nowhere'

const segments = [
  'decisions',
  'stream',
  'alerts',
  'watchers',
  'login',
  'self',
  'heartbeat',
  'allowlists',
  'check',
  'usage-metrics',
  'refresh_token',
  '1',
  '%2F',
  '%',
  '..',
  'é',
]
const path = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      'decisions',
      'decisions/stream',
      'decisions/1',
      'alerts',
      'alerts/1',
      'watchers',
      'watchers/login',
      'heartbeat',
      'allowlists',
      'allowlists/check/192.0.2.0%2F24',
      'usage-metrics',
    ),
  },
  fc
    .array(fc.oneof(fc.constantFrom(...segments), fc.string({ maxLength: 8 })), { maxLength: 4 })
    .map((all) => all.join('/')),
)
const names = [
  'ip',
  'range',
  'contains',
  'scopes',
  'origins',
  'value',
  'type',
  'scenarios_containing',
  'limit',
  'offset',
  'id_gt',
  'startup',
  'dedup',
  'since',
  'until',
  'uuid',
  'sort',
  '__proto__',
  'constructor',
  'has_active_decision',
]
const value = fc.oneof(
  fc.constantFrom('', 'true', 'false', '0', '-1', '192.0.2.1', '::/0', '192.0.2.0/24', 'ip,range', 'null', '4h'),
  fc.string({ maxLength: 12, unit: 'binary' }),
)
const query = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 6 })), value), {
  maxLength: 4,
})
const alertLike = fc.record(
  {
    scenario: fc.oneof(fc.constant('crowdsecurity/ssh-bf'), fc.string()),
    scenario_hash: fc.string(),
    scenario_version: fc.string(),
    message: fc.string(),
    events_count: fc.oneof(fc.integer(), fc.double()),
    capacity: fc.integer(),
    leakspeed: fc.string(),
    start_at: fc.oneof(fc.constant('2026-11-28T11:00:00Z'), fc.string()),
    stop_at: fc.oneof(fc.constant('2026-11-28T11:00:00Z'), fc.string()),
    simulated: fc.boolean(),
    remediation: fc.boolean(),
    events: fc.constant([]),
    source: fc.record({
      scope: fc.oneof(fc.constantFrom('Ip', 'Range', 'Country'), fc.string()),
      value: fc.oneof(fc.constant('203.0.113.1'), fc.string()),
    }),
    decisions: fc.oneof(
      fc.constant(null),
      fc.array(
        fc.record({
          duration: fc.oneof(fc.constant('4h'), fc.string()),
          origin: fc.string(),
          scenario: fc.string(),
          scope: fc.string(),
          type: fc.string(),
          value: fc.string(),
        }),
        { maxLength: 2 },
      ),
    ),
  },
  { noNullPrototype: true },
)
const body = fc.oneof(
  fc.constant(undefined),
  fc.array(alertLike, { maxLength: 3 }).map((alerts) => JSON.stringify(alerts)),
  fc.jsonValue().map((json) => JSON.stringify(json)),
  fc.string(),
)
const header = fc.constantFrom(
  'x-api-key',
  'authorization',
  'user-agent',
  'content-encoding',
  'x-forwarded-for',
  'cookie',
  'accept-encoding',
  'content-length',
)
const printable = fc.stringMatching(/^[\x21-\x7e]{0,20}$/)
const headers = fc.array(
  fc.tuple(header, fc.oneof(printable, fc.constantFrom('gzip', 'Bearer x.y.z', 'crowdsec/1.0'))),
  { maxLength: 3 },
)
const credentials = fc.constantFrom('key', 'token', 'none')
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS')

/** A client that takes what it is given. */
const client = (decisions: DecisionSet) => ({
  addSignals: async () => ({ added: 1 }),
  decisions: async () => decisions,
})

test(`${RUNS} paths, queries, headers and bodies end in an answer of the protocol, and none tells a secret`, async () => {
  const now = () => START
  const decisions = new DecisionSet({ now })
  await decisions.applyStream({ new: [entry('192.0.2.1')], deleted: [] })
  const storage = memoryState()
  const machines = new Agents(storage, { now })
  await machines.add('agent-1', { password: PASSWORD })
  const warnings: string[] = []
  const api = createLocalApi({
    decisions,
    keys: [{ name: 'b1', key: KEY }],
    client: client(decisions) as never,
    machines,
    machineId: 'a'.repeat(48),
    now,
    onWarning: ({ code, message, error }) => warnings.push(`${code} ${message} ${String(error)}`),
  })
  const login = JSON.stringify({ machine_id: 'agent-1', password: PASSWORD })
  const loggedIn = await api.fetch(new Request('http://a/v1/watchers/login', { method: 'POST', body: login }))
  const { token } = JSON.parse(await loggedIn.text())

  const known = new Set([200, 201, 202, 204, 301, 307, 400, 401, 403, 404, 405, 422, 500])
  await fc.assert(
    fc.asyncProperty(method, path, query, headers, body, credentials, fc.boolean(), async (...given) => {
      const [verb, where, asked, extra, text, as, isZipped] = given
      const search = new URLSearchParams(asked)
      const request = new Request(`http://lapi.test/v1/${where}?${search}`, {
        method: verb,
        headers: [
          ...(as === 'key' ? [['x-api-key', KEY]] : as === 'token' ? [['authorization', `Bearer ${token}`]] : []),
          ...(isZipped ? [['content-encoding', 'gzip']] : []),
          ...extra,
        ].map(([name = '', value = '']): [string, string] => [name, value]),
        ...(text !== undefined && verb !== 'GET' && verb !== 'HEAD' && { body: isZipped ? gzipSync(text) : text }),
      })
      const answer = await api.fetch(request)
      const said = await answer.text()
      expect([...known], `${verb} ${where}: ${said}`).toContain(answer.status)
      expect(said).not.toBe('{"message":"internal error"}')
      if (said !== '') expect(() => JSON.parse(said), said).not.toThrow()
      if (answer.status >= 400 && said !== '') expect(JSON.parse(said).message).toMatch(/./)
      expect(said.includes(KEY) || said.includes(PASSWORD)).toBe(false)
    }),
    { numRuns: RUNS },
  )
  expect(warnings.filter((line) => /request_failed/.test(line))).toEqual([])
  expect(warnings.filter((line) => line.includes(KEY) || line.includes(PASSWORD) || line.includes(token))).toEqual([])
})
