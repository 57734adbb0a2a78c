import { gzipSync } from 'node:zlib'

/** What a request may say of the answers before it. */
export interface Session {
  readonly key: string
  readonly token: string
  /** Ids that the server gave, by what they are of: `203.0.113.7`, for instance. */
  readonly decisionIds: ReadonlyMap<string, number>
  readonly alertIds: ReadonlyMap<string, number>
}

export interface Recorded {
  /** What tells it from others of its path. */
  readonly what?: string
  readonly method: string
  readonly path: string | ((session: Session) => string)
  /** Text and bytes as they are, anything else as JSON. */
  readonly body?: unknown
  readonly as?: 'bouncer' | 'watcher'
  readonly headers?: Readonly<Record<string, string>>
}

export const MACHINE = { login: 'agent-1', password: 'the-password-of-an-agent' }

const bouncer = (path: string, method = 'GET'): Recorded => ({ method, path, as: 'bouncer' })
const watcher = (path: Recorded['path'], method = 'GET', body?: unknown): Recorded => ({
  method,
  path,
  as: 'watcher',
  ...(body !== undefined && { body }),
})
const nobody = (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) => ({
  method,
  path,
  headers,
  ...(body !== undefined && { body }),
})
const LOGIN = '/v1/watchers/login'
const login = (what: string, body: unknown, userAgent = 'crowdsec/v1.4.6'): Recorded => ({
  ...nobody('POST', LOGIN, body, { 'user-agent': userAgent }),
  what,
})
const register = (what: string, body?: unknown): Recorded => ({ ...nobody('POST', '/v1/watchers', body), what })

/** An alert with one decision, as `cscli decisions add` posts it. */
function decided(scope: string, value: string, more: { readonly [key: string]: unknown } = {}, alert = {}) {
  const at = new Date().toISOString()
  const scenario = "manual 'ban' from 'agent-1'"
  const decision = { duration: '4h', origin: 'cscli', scenario, scope, type: 'ban', value, ...more }
  return {
    capacity: 0,
    decisions: [decision],
    events: [],
    events_count: 1,
    leakspeed: '0',
    message: decision.scenario,
    scenario: decision.scenario,
    scenario_hash: '',
    scenario_version: '',
    simulated: false,
    source: { scope, value, ...(scope === 'Ip' && { ip: value }), ...(scope === 'Range' && { range: value }) },
    start_at: at,
    stop_at: at,
    ...alert,
  }
}

/** An alert without a decision, as the agent posts what it found. */
function found(ip: string, more: Readonly<Record<string, unknown>> = {}) {
  const at = new Date().toISOString()
  return {
    capacity: 5,
    decisions: null,
    events: [{ meta: [{ key: 'log_type', value: 'ssh_failed-auth' }], timestamp: at }],
    events_count: 6,
    labels: null,
    leakspeed: '10s',
    message: `Ip ${ip} performed 'crowdsecurity/ssh-bf'`,
    meta: [{ key: 'target_user', value: '["root"]' }],
    remediation: true,
    scenario: 'crowdsecurity/ssh-bf',
    scenario_hash: '4441dcff07020f6690d998b7101e642359ba405c2abb83565bbbdcee36de280f',
    scenario_version: '0.1',
    simulated: false,
    source: {
      as_name: 'Example',
      as_number: '64496',
      cn: 'FR',
      ip,
      latitude: 1.5,
      longitude: 2.5,
      scope: 'Ip',
      value: ip,
    },
    start_at: at,
    stop_at: at,
    ...more,
  }
}

const without = (alert: Readonly<Record<string, unknown>>, name: string) =>
  Object.fromEntries(Object.entries(alert).filter(([key]) => key !== name))

const post = (what: string, body: unknown): Recorded => ({ ...watcher('/v1/alerts', 'POST', body), what })

/** Asked of both in this order, each as the one before it left things. Made anew for each run. */
export const recordedRequests = (): readonly Recorded[] => [
  // Paths and methods.
  nobody('GET', '/health'),
  nobody('HEAD', '/health'),
  nobody('POST', '/health'),
  nobody('GET', '/'),
  nobody('GET', '/v1'),
  nobody('GET', '/v1/nothing'),
  nobody('GET', '/v2/decisions'),
  nobody('GET', '/metrics'),
  nobody('POST', '/v1/decisions'),
  nobody('PUT', '/v1/alerts'),
  nobody('GET', '/v1/watchers'),
  nobody('GET', LOGIN),
  nobody('POST', '/v1/heartbeat'),
  nobody('OPTIONS', '/v1/decisions'),
  nobody('POST', '/v1/decisions/stream'),
  nobody('GET', '/v1/decisions/'),
  nobody('GET', '//v1/decisions'),
  nobody('GET', '/v1/Decisions'),
  nobody('PATCH', '/v1/decisions/1'),
  nobody('GET', '/v1/decisions/1'),

  // Keys.
  nobody('GET', '/v1/decisions'),
  nobody('HEAD', '/v1/decisions'),
  nobody('GET', '/v1/decisions/stream'),
  nobody('GET', '/v1/decisions?ip=203.0.113.7', undefined, { 'x-api-key': 'a-key-that-nobody-has' }),
  nobody('GET', '/v1/decisions?ip=foo', undefined, { 'x-api-key': 'a-key-that-nobody-has' }),

  // Registration and login.
  register('a new one', { machine_id: 'agent-2', password: 'another-password' }),
  register('a known one', { machine_id: 'agent-2', password: 'another-password' }),
  register('without a password', { machine_id: 'agent-3' }),
  register('no JSON', 'no json'),
  register('nothing'),
  login('not approved', { machine_id: 'agent-2', password: 'another-password', scenarios: [] }),
  login('a wrong password', { machine_id: MACHINE.login, password: 'a-wrong-password', scenarios: [] }),
  login('a name that is not known', { machine_id: 'agent-9', password: 'another-password', scenarios: [] }),
  login('without a password', { machine_id: MACHINE.login, scenarios: [] }),
  login('without a name', { password: MACHINE.password }),
  login('no JSON', 'no json'),
  login('a list', []),
  login('nothing', ''),
  login('by a user agent in one part', { machine_id: MACHINE.login, password: MACHINE.password }, 'curl'),
  login('with scenarios', { machine_id: MACHINE.login, password: MACHINE.password, scenarios: ['a/b'] }),
  login('scenarios that are null', { machine_id: MACHINE.login, password: MACHINE.password, scenarios: null }),
  login('without scenarios', { machine_id: MACHINE.login, password: MACHINE.password }),

  // Tokens.
  nobody('GET', '/v1/alerts'),
  nobody('POST', '/v1/alerts', []),
  nobody('DELETE', '/v1/decisions?ip=203.0.113.7'),
  nobody('GET', '/v1/heartbeat', undefined, { authorization: 'Bearer nothing' }),
  nobody('GET', '/v1/heartbeat', undefined, { authorization: 'Bearer e30.e30.e30' }),
  nobody('GET', '/v1/heartbeat', undefined, { authorization: 'Basic Zm9vOmJhcg==' }),
  nobody('GET', '/v1/refresh_token'),
  watcher('/v1/heartbeat'),
  watcher('/v1/refresh_token'),
  watcher('/v1/decisions'),
  bouncer('/v1/alerts'),

  // Nothing yet.
  bouncer('/v1/decisions'),
  bouncer('/v1/decisions', 'HEAD'),
  bouncer('/v1/decisions?ip=203.0.113.7'),
  bouncer('/v1/decisions/stream?startup=true'),
  watcher('/v1/alerts'),
  watcher('/v1/alerts?has_active_decision=true&include_capi=false&limit=100'),

  // Alerts that are taken, and that are not.
  post('none', []),
  post('by hand', [decided('Ip', '203.0.113.7'), decided('Ip', '2001:db8::7'), decided('Range', '198.51.100.0/24')]),
  post('a longer one', [
    decided('Ip', '203.0.113.7', { duration: '8h', origin: 'crowdsec', scenario: 'crowdsecurity/ssh-bf' }),
  ]),
  post('a captcha', [decided('Ip', '203.0.113.8', { type: 'captcha', scenario: 'crowdsecurity/http-probing' })]),
  post('of other scopes', [decided('Country', 'FR'), decided('AS', '64496'), decided('user', 'bob')]),
  post('of an agent', [found('203.0.113.50'), found('203.0.113.51', { remediation: false })]),
  post('simulated', [found('203.0.113.52', { simulated: true })]),
  post('at a time that is none', [found('203.0.113.53', { start_at: 'yesterday', stop_at: 'today' })]),
  post('of free text', [found('203.0.113.54', { decisions: [], scenario: 'seen by hand' })]),
  post('an object', {}),
  post('no JSON', 'no json'),
  post('null', 'null'),
  post('without events', [without(found('203.0.113.55'), 'events')]),
  post('without a source', [without(found('203.0.113.55'), 'source')]),
  post('with events that are null', [{ ...found('203.0.113.55'), events: null }]),
  post('with a source without a value', [{ ...found('203.0.113.55'), source: { scope: 'Ip' } }]),
  post('without a scenario', [without(found('203.0.113.55'), 'scenario')]),
  post('an empty one', [{}]),
  post('one that is null', [null]),
  post('for a duration that is none', [decided('Ip', '203.0.113.56', { duration: 'soon' })]),
  post('of an address that is none', [decided('Ip', 'no-address')]),
  post('with a decision without anything', [{ ...decided('Ip', '203.0.113.57'), decisions: [{ type: 'ban' }] }]),

  // Live.
  bouncer('/v1/decisions'),
  bouncer('/v1/decisions?ip=203.0.113.7'),
  bouncer('/v1/decisions?ip=198.51.100.9'),
  bouncer('/v1/decisions?ip=203.0.113.9'),
  bouncer('/v1/decisions?ip=2001:0db8:0000:0000:0000:0000:0000:0007'),
  bouncer('/v1/decisions?ip=::ffff:203.0.113.7'),
  bouncer('/v1/decisions?range=198.51.100.0/25'),
  bouncer('/v1/decisions?range=198.51.0.0/16'),
  bouncer('/v1/decisions?range=198.51.0.0/16&contains=false'),
  bouncer('/v1/decisions?ip=203.0.113.7&contains=maybe'),
  bouncer('/v1/decisions?ip=foo'),
  bouncer('/v1/decisions?range=foo'),
  bouncer('/v1/decisions?range=203.0.113.0/33'),
  bouncer('/v1/decisions?scopes=ip,range'),
  bouncer('/v1/decisions?scopes=country'),
  bouncer('/v1/decisions?scope=Country&value=203.0.113.8'),
  bouncer('/v1/decisions?scopes=user'),
  bouncer('/v1/decisions?value=203.0.113.8'),
  bouncer('/v1/decisions?type=captcha'),
  bouncer('/v1/decisions?type=ban&ip=203.0.113.8'),
  bouncer('/v1/decisions?origins=crowdsec'),
  bouncer('/v1/decisions?origins=CSCLI'),
  bouncer('/v1/decisions?origins=crowdsec,cscli&ip=203.0.113.7'),
  bouncer('/v1/decisions?scenarios_containing=SSH'),
  bouncer('/v1/decisions?scenarios_not_containing=ssh,probing'),
  bouncer('/v1/decisions?scenarios_containing=ssh&scenarios_not_containing=bf'),
  bouncer('/v1/decisions?ip=203.0.113.7&something=else'),
  bouncer('/v1/decisions?ip=203.0.113.8&ip=203.0.113.7'),
  bouncer('/v1/decisions?origins='),
  bouncer('/v1/decisions?ip='),

  // The stream.
  bouncer('/v1/decisions/stream?startup=true'),
  bouncer('/v1/decisions/stream?startup=true&scopes=country,as'),
  bouncer('/v1/decisions/stream?startup=true&origins=cscli'),
  bouncer('/v1/decisions/stream?startup=true&scenarios_containing=ssh'),
  bouncer('/v1/decisions/stream?startup=true&scenarios_not_containing=manual'),
  bouncer('/v1/decisions/stream?startup=true&type=captcha'),
  bouncer('/v1/decisions/stream'),
  bouncer('/v1/decisions/stream?startup=false&community_pull=false&additional_pull=false'),
  post('one more', [decided('Ip', '203.0.113.60')]),
  bouncer('/v1/decisions/stream'),
  bouncer('/v1/decisions/stream'),

  // Alerts.
  watcher('/v1/alerts'),
  watcher('/v1/alerts', 'HEAD'),
  watcher('/v1/alerts?limit=1'),
  watcher('/v1/alerts?limit=0&sort=ASC'),
  watcher('/v1/alerts?limit=many'),
  watcher('/v1/alerts?scope=ip&value=203.0.113.8'),
  watcher('/v1/alerts?scenario=crowdsecurity/ssh-bf'),
  watcher('/v1/alerts?ip=203.0.113.7'),
  watcher('/v1/alerts?range=203.0.113.0/24&contains=false'),
  watcher('/v1/alerts?ip=foo'),
  watcher('/v1/alerts?decision_type=captcha'),
  watcher('/v1/alerts?origin=crowdsec'),
  watcher('/v1/alerts?simulated=true'),
  watcher('/v1/alerts?simulated=false'),
  watcher('/v1/alerts?has_active_decision=true&include_capi=false&limit=100'),
  watcher('/v1/alerts?has_active_decision=false'),
  watcher('/v1/alerts?has_active_decision=perhaps'),
  watcher('/v1/alerts?since=1h'),
  watcher('/v1/alerts?until=1h'),
  watcher('/v1/alerts?since=soon'),
  watcher('/v1/alerts?something=else'),
  watcher(({ alertIds }) => `/v1/alerts/${alertIds.get('203.0.113.50') ?? ':id'}`),
  watcher('/v1/alerts/999999'),
  watcher('/v1/alerts/first'),

  // What is deleted.
  watcher('/v1/decisions?ip=203.0.113.9', 'DELETE'),
  watcher('/v1/decisions?something=else', 'DELETE'),
  watcher('/v1/decisions?ip=foo', 'DELETE'),
  watcher('/v1/decisions?scope=Ip&value=203.0.113.9', 'DELETE'),
  watcher('/v1/decisions?value=203.0.113.8', 'DELETE'),
  watcher('/v1/decisions?value=203.0.113.8', 'DELETE'),
  watcher(({ decisionIds }) => `/v1/decisions/${decisionIds.get('198.51.100.0/24') ?? ':id'}`, 'DELETE'),
  watcher('/v1/decisions/999999', 'DELETE'),
  watcher('/v1/decisions/first', 'DELETE'),
  bouncer('/v1/decisions?ip=203.0.113.8'),
  watcher('/v1/alerts?ip=203.0.113.60', 'DELETE'),
  watcher('/v1/alerts?something=else', 'DELETE'),
  watcher('/v1/alerts/999999', 'DELETE'),
  bouncer('/v1/decisions?ip=203.0.113.60'),
  watcher('/v1/decisions?ip=203.0.113.7', 'DELETE'),
  bouncer('/v1/decisions/stream'),
  bouncer('/v1/decisions'),
  watcher('/v1/alerts?has_active_decision=true'),
  watcher('/v1/decisions', 'DELETE'),
  bouncer('/v1/decisions'),
  watcher('/v1/alerts?limit=5', 'DELETE'),
  watcher('/v1/alerts', 'DELETE'),

  // What came after 1.4.6.
  { method: 'HEAD', path: '/v1/decisions/stream', as: 'bouncer' },
  { ...post('compressed', gzipSync('[]')), headers: { 'content-encoding': 'gzip' } },
  watcher('/v1/allowlists'),
  watcher('/v1/allowlists/check/203.0.113.7'),
  { method: 'POST', path: '/v1/usage-metrics', as: 'bouncer', body: {} },
  watcher('/v1/watchers/self', 'DELETE'),
]
