import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { alert, arrangeLocalApi } from './local-api.js'

/** The engine's own contract of its Local API, as it lies in its source beside its models. */
const contract: Contract = parse(readFileSync(new URL('samples/localapi_swagger.yaml', import.meta.url), 'utf8'))

interface Contract {
  readonly paths: Record<string, Record<string, Operation>>
  readonly definitions: object
}
interface Operation {
  readonly responses: Record<string, { readonly schema?: object }>
}

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  formats: {
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
    float: true,
    int32: true,
    password: true,
  },
})

/** Reads a body as the schema that the contract has for it. */
function schemaIssues(schema: object, body: unknown): unknown {
  const validate = ajv.compile({
    definitions: contract.definitions,
    ...('$ref' in schema ? { allOf: [schema] } : schema),
  })
  validate(body)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** How each operation is asked so that something comes back; `/v1` goes before the path. */
interface Ask {
  readonly path: string
  readonly as: 'bouncer' | 'agent' | 'nobody'
  readonly body?: unknown
  /** What the body has to hold, so that an empty one passes for nothing. */
  readonly holds?: unknown
}

const decision = { value: '203.0.113.1', type: 'ban', scope: 'Ip' }
const metrics = {
  remediation_components: [
    {
      name: 'firewall',
      version: 'v1.0.0',
      os: { name: 'debian', version: '12' },
      utc_startup_timestamp: 1_772_323_000,
      metrics: [
        {
          meta: { window_size_seconds: 600, utc_now_timestamp: 1_772_323_600 },
          items: [{ name: 'processed', unit: 'request', value: 3 }],
        },
      ],
    },
  ],
}
const name = 'office'
const login = { machine_id: 'agent-1', password: 'the-password-of-an-agent', scenarios: [] }

const ASKED: Readonly<Record<string, Ask>> = {
  'get /decisions/stream': { path: '/decisions/stream?startup=true', as: 'bouncer', holds: { new: [decision] } },
  'head /decisions/stream': { path: '/decisions/stream', as: 'bouncer' },
  'get /decisions': { path: '/decisions?ip=203.0.113.1', as: 'bouncer', holds: [decision] },
  'head /decisions': { path: '/decisions', as: 'bouncer' },
  'delete /decisions': { path: '/decisions?ip=203.0.113.1', as: 'agent', holds: { nbDeleted: '1' } },
  'delete /decisions/{decision_id}': { path: '/decisions/1', as: 'agent', holds: { nbDeleted: '1' } },
  'post /watchers': { path: '/watchers', as: 'nobody', body: { machine_id: 'agent-2', password: 'its-password' } },
  'delete /watchers/self': { path: '/watchers/self', as: 'agent' },
  'post /watchers/login': { path: '/watchers/login', as: 'nobody', body: login, holds: { code: 200 } },
  'post /alerts': { path: '/alerts', as: 'agent', body: [alert('203.0.113.2')], holds: ['2'] },
  'get /alerts': { path: '/alerts', as: 'agent', holds: [{ id: 1, decisions: [decision] }] },
  'head /alerts': { path: '/alerts', as: 'agent' },
  'delete /alerts': { path: '/alerts?ip=203.0.113.1', as: 'agent', holds: { nbDeleted: '1' } },
  'get /alerts/{alert_id}': { path: '/alerts/1', as: 'agent', holds: { id: 1, decisions: [decision] } },
  'head /alerts/{alert_id}': { path: '/alerts/1', as: 'agent' },
  'delete /alerts/{alert_id}': { path: '/alerts/1', as: 'agent', holds: { nbDeleted: '1' } },
  'post /usage-metrics': { path: '/usage-metrics', as: 'bouncer', body: metrics },
  'get /allowlists': { path: '/allowlists?with_content=true', as: 'agent', holds: [{ name, items: [{}] }] },
  'get /allowlists/{allowlist_name}': { path: '/allowlists/office', as: 'agent', holds: { name } },
  'head /allowlists/{allowlist_name}': { path: '/allowlists/office', as: 'agent' },
  'get /allowlists/check/{ip_or_range}': {
    path: '/allowlists/check/198.51.100.7',
    as: 'agent',
    holds: { allowlisted: true },
  },
  'head /allowlists/check/{ip_or_range}': { path: '/allowlists/check/198.51.100.7', as: 'agent' },
  'post /allowlists/check': {
    path: '/allowlists/check',
    as: 'agent',
    body: { targets: ['198.51.100.7'] },
    holds: { results: [{ target: '198.51.100.7' }] },
  },
}

const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
)

/** A server with an alert, its decision and an allowlist. */
async function arrangeFilled() {
  const arranged = await arrangeLocalApi()
  const { agent, ask, decisions, key } = arranged
  await decisions.replaceAllowlist({ id: 'a', name }, ['{"value":"198.51.100.0/24"}'])
  const asAgent = await agent()
  await asAgent('POST', '/v1/alerts', [alert('203.0.113.1')])
  const callers = {
    agent: asAgent,
    bouncer: (method: string, path: string, body?: unknown) => ask(method, path, body, { 'x-api-key': key }),
    nobody: ask,
  }
  return async (operation: string, { as, path, body }: Pick<Ask, 'as' | 'path' | 'body'>) =>
    callers[as](String(operation.split(' ')[0]).toUpperCase(), `/v1${path}`, body)
}

test('each operation of the contract is asked below', () => {
  expect(Object.keys(ASKED).sort()).toEqual(operations.map(([operation]) => operation).sort())
})

/** Where the contract says one thing and the engine, as here, answers another. */
const AS_THE_ENGINE: readonly (Pick<Ask, 'as' | 'path' | 'body'> & Exception)[] = [
  { operation: 'post /usage-metrics', as: 'bouncer', path: '/usage-metrics', body: metrics, said: '200', is: 201 },
  { operation: 'get /decisions', as: 'bouncer', path: '/decisions?ip=192.0.2.1', said: '200', is: 200, text: 'null' },
  { operation: 'get /alerts', as: 'agent', path: '/alerts?ip=192.0.2.1', said: '200', is: 200, text: 'null' },
  { operation: 'get /allowlists/{allowlist_name}', as: 'agent', path: '/allowlists/none', said: '404', is: 500 },
  { operation: 'delete /decisions', as: 'agent', path: '/decisions?foo=1', said: '400', is: 500 },
  { operation: 'get /alerts', as: 'agent', path: '/alerts?foo=1', said: '400', is: 500 },
  {
    operation: 'post /watchers/login',
    as: 'nobody',
    path: '/watchers/login',
    body: { ...login, password: 'another' },
    said: '403',
    is: 401,
  },
]
interface Exception {
  readonly operation: string
  /** The status of the contract. */
  readonly said: string
  /** The engine's. */
  readonly is: number
  /** The engine's body, where the contract has another. */
  readonly text?: string
}

test.each(AS_THE_ENGINE)(
  '$operation of $path is answered $is, as by the engine, not as the contract says',
  async (one) => {
    const { responses } = operations.find(([operation]) => operation === one.operation)![1]
    const answer = await (await arrangeFilled())(one.operation, one)
    const text = await answer.text()
    expect(answer.status).toBe(one.is)
    expect(Object.keys(responses)).toContain(one.said)
    if (one.text === undefined) return expect(Object.keys(responses)).not.toContain(String(one.is))
    expect(text).toBe(one.text)
    expect(schemaIssues(responses[one.said]!.schema!, JSON.parse(text))).not.toEqual([])
  },
)

const anErrorOf = ({ responses }: Operation) =>
  Object.entries(responses).find(([status, { schema }]) => Number(status) >= 400 && schema !== undefined)?.[1].schema

test.each(
  operations.filter(
    ([operation, one]) =>
      !operation.startsWith('head ') && ASKED[operation]!.as !== 'nobody' && anErrorOf(one) !== undefined,
  ),
)('%s, asked by nobody, is refused with an error of the contract', async (operation, one) => {
  const answer = await (await arrangeFilled())(operation, { ...ASKED[operation]!, as: 'nobody' })
  expect([401, 403]).toContain(answer.status)
  expect(schemaIssues(anErrorOf(one)!, await answer.json())).toEqual([])
})

test.each(operations)('%s is answered with a status and a body of the contract', async (operation, { responses }) => {
  const asked = ASKED[operation]!
  const excepted = AS_THE_ENGINE.find(({ path, body }) => path === asked.path && body === asked.body)?.is
  const answer = await (await arrangeFilled())(operation, asked)
  const text = await answer.text()
  const good = Object.keys(responses).filter((status) => status.startsWith('2'))
  expect(excepted === undefined ? good : [String(excepted)]).toContain(String(answer.status))
  const schema = responses[answer.status]?.schema
  if (operation.startsWith('head ') || schema === undefined) return expect(text).toBe('')
  expect(JSON.parse(text)).toMatchObject(asked.holds as object)
  expect(schemaIssues(schema, JSON.parse(text))).toEqual([])
})
