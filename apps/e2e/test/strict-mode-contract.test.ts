import { existsSync, readFileSync } from 'node:fs'
import { createEmulator, type Emulator } from '@cscapi/emulator'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const SWAGGER = new URL('../../../../shared/data/centralapi_swagger.yaml', import.meta.url)
const present = existsSync(SWAGGER)

const MACHINE_ID = 'a1B2c3D4'.repeat(6)
const PASSWORD = 'correct-horse-9'

const source = {
  scope: 'Ip',
  value: '203.0.113.7',
  ip: '203.0.113.7',
  range: '203.0.113.0/24',
  cn: 'NL',
  as_name: 'Acme',
  as_number: '64496',
  latitude: 52.1,
  longitude: -4,
}
const decision = {
  duration: '4h0m0s',
  id: 0,
  origin: 'crowdsec',
  scenario: 'acme/http-bf',
  scope: 'Ip',
  type: 'ban',
  value: '203.0.113.7',
  until: '2026-11-24T14:00:00Z',
  simulated: false,
}
const syncItem = {
  message: '',
  scenario: 'acme/http-bf',
  scenario_hash: '',
  scenario_version: '',
  scenario_trust: 'manual',
  source,
  start_at: '2026-11-24T10:00:00Z',
  stop_at: '2026-11-24T10:00:01Z',
  created_at: '2026-11-24T10:00:02Z',
  machine_id: MACHINE_ID,
  alert_id: 7,
  decisions: [decision],
}
const signal = {
  ...syncItem,
  uuid: '0192f5a0-0000-7000-8000-000000000001',
  kind: 'crowdsec',
  context: [{ key: 'target_uri', value: '["/admin"]' }],
  decisions: [{ ...decision, uuid: '0192f5a0-0000-7000-8000-000000000002' }],
}
const { created_at: _created, alert_id: _alert, decisions: _decisions, machine_id: _machine, ...bareSignal } = signal

interface Model {
  readonly definition: string
  readonly path: string
  /** Bodies that the swagger allows; they also are what the mutations start from. */
  readonly good: readonly unknown[]
  readonly bad: readonly unknown[]
}

const credentials = { machine_id: MACHINE_ID, password: PASSWORD }
const exactLength = [
  { ...credentials, machine_id: 'a'.repeat(47) },
  { ...credentials, machine_id: 'a'.repeat(49) },
  { ...credentials, machine_id: `${'a'.repeat(47)}-` },
]

const MODELS: readonly Model[] = [
  {
    definition: 'RegisterRequest',
    path: '/watchers',
    good: [credentials, { machine_id: 'a', password: '' }, { ...credentials, registration_token: null }],
    bad: [
      {},
      [],
      null,
      'text',
      { machine_id: MACHINE_ID },
      { ...credentials, machine_id: '' },
      { ...credentials, machine_id: 'a b' },
      { ...credentials, password: 7 },
    ],
  },
  {
    definition: 'LoginRequest',
    path: '/watchers/login',
    good: [credentials, { ...credentials, scenarios: [] }, { ...credentials, scenarios: ['acme/http-bf', ''] }],
    bad: [
      ...exactLength,
      { ...credentials, scenarios: null },
      { ...credentials, scenarios: 'acme/http-bf' },
      { ...credentials, scenarios: [null] },
    ],
  },
  {
    definition: 'ResetPasswordRequest',
    path: '/watchers/reset',
    good: [credentials],
    bad: [...exactLength, { machine_id: MACHINE_ID }, { password: PASSWORD }],
  },
  {
    definition: 'EnrollRequest',
    path: '/watchers/enroll',
    good: [
      { attachment_key: 'abc123' },
      { attachment_key: 'abc123', name: 'sensor', overwrite: true, tags: ['edge'], autoenroll: false },
    ],
    bad: [
      {},
      { autoenroll: true },
      { attachment_key: '' },
      { attachment_key: 'no-good' },
      { attachment_key: 'abc123', tags: 'edge' },
      { attachment_key: 'abc123', overwrite: 'yes' },
    ],
  },
  {
    definition: 'AddSignalsRequest',
    path: '/signals',
    good: [[], [signal], [bareSignal, signal], [{ ...signal, sent: false }], [{ ...signal, context: [{}] }]],
    bad: [
      {},
      null,
      [null],
      [{ ...signal, source: null }],
      [{ ...signal, decisions: null }],
      [{ ...signal, alert_id: 1.5 }],
      [signal, { ...signal, scenario: undefined }],
    ],
  },
  {
    definition: 'MetricsRequest',
    path: '/metrics',
    good: [
      { bouncers: [], machines: [] },
      {
        apil_version: '1.0',
        bouncers: [{ last_pull: 't', custom_name: 'c', name: 'n', version: 'v' }],
        machines: [{ last_update: 't', last_push: 't', name: 'n', version: 'v' }],
      },
    ],
    bad: [
      {},
      { bouncers: [] },
      { bouncers: [], machines: null },
      { bouncers: [[]], machines: [] },
      { bouncers: [], machines: [{ version: 1 }] },
    ],
  },
  {
    definition: 'DecisionsDeleteRequest',
    path: '/decisions/delete',
    good: [[], ['0192f5a0-0000-7000-8000-000000000002', '']],
    bad: [{}, [null], [7], ['a', ['b']]],
  },
  {
    definition: 'DecisionsSyncRequest',
    path: '/decisions/sync',
    good: [[], [syncItem], [{ ...syncItem, uuid: 7, kind: null, context: 'free' }]],
    bad: [
      {},
      [{}],
      [{ ...syncItem, decisions: [{ ...decision, id: '0' }] }],
      [{ ...syncItem, source: { scope: 'Ip' } }],
    ],
  },
]

describe.skipIf(!present)(
  present
    ? "strict mode agrees with CAPI's own contract"
    : 'strict mode against the CAPI swagger (skipped: ../shared/data/centralapi_swagger.yaml does not lie beside the checkout)',
  () => {
    describe.each(MODELS)('$definition', ({ definition, path, good, bad }) => {
      test('on bodies that are right', async () => {
        const { allows, accepts } = await judges(definition, path)
        for (const body of good)
          expect({ body, allows: allows(body), accepts: await accepts(body) }).toEqual({
            body,
            allows: true,
            accepts: true,
          })
      })

      test('on bodies that are wrong', async () => {
        const { allows, accepts } = await judges(definition, path)
        for (const body of bad)
          expect({ body, allows: allows(body), accepts: await accepts(body) }).toEqual({
            body,
            allows: false,
            accepts: false,
          })
      })

      test('on bodies that were right until something in them was changed', async () => {
        const { allows, accepts } = await judges(definition, path)
        const verdicts = new Set<boolean>()
        await fc.assert(
          fc.asyncProperty(
            fc.constantFrom(...good),
            fc.array(mutation, { minLength: 1, maxLength: 3 }),
            async (body, mutations) => {
              const mutant = mutations.reduce(mutate, structuredClone(body))
              const allowed = allows(mutant)
              verdicts.add(allowed)
              expect({ mutant, accepted: await accepts(mutant) }).toEqual({ mutant, accepted: allowed })
            },
          ),
          { numRuns: 400 },
        )
        expect(verdicts).toEqual(new Set([true, false]))
      })
    })
  },
)

/**
 * The two whose verdicts are compared: the swagger, by a JSON-schema library, and the emulator,
 * over its `fetch`.
 */
async function judges(definition: string, path: string) {
  const { definitions } = parse(readFileSync(SWAGGER, 'utf8')) as { definitions: Record<string, unknown> }
  // A swagger 2.0 definition is JSON Schema already, but for its own `format` names.
  const validate = new Ajv({ strict: false, validateFormats: false }).compile({
    definitions,
    $ref: `#/definitions/${definition}`,
  })
  const emulator = createEmulator({
    strict: true,
    machines: { [MACHINE_ID]: PASSWORD },
    minPasswordLength: 0,
    recordRequests: 'summary',
  })
  const authorization = await login(emulator)
  const accepts = async (body: unknown) => {
    const init = { method: 'POST', body: JSON.stringify(body), headers: { authorization } }
    const { status } = await emulator.fetch(`https://capi.example.com/v3${path}`, init)
    expect(status).not.toBe(401)
    return status !== 400
  }
  // Both see what JSON makes of the body: an undefined key is no key.
  return { allows: (body: unknown) => validate(JSON.parse(JSON.stringify(body))), accepts }
}

async function login(emulator: Emulator): Promise<string> {
  const response = await emulator.fetch('https://capi.example.com/v3/watchers/login', {
    method: 'POST',
    body: JSON.stringify(credentials),
  })
  const { token } = (await response.json()) as { token: string }
  return token
}

interface Mutation {
  readonly kind: 'drop' | 'replace' | 'add'
  /** Which of all places in the body, counted round. */
  readonly place: number
  readonly value: unknown
}

/**
 * Whole numbers beyond 2^53 are left out: the swagger sets no bound, but JavaScript cannot tell
 * them apart.
 */
const replacement = fc.oneof(
  fc.constantFrom(null, true, 0, 1.5, -3, '', 'text', [], {}, [null], ['text'], [{}], { key: 'x' }),
  fc.constantFrom(47, 48, 49).map((length) => 'a'.repeat(length)),
  fc.constantFrom('a\n', 'é'.repeat(48), 'a b', `${'a'.repeat(47)}_`),
  fc
    .jsonValue({ maxDepth: 2 })
    .filter((value) => !JSON.stringify(value).includes('e+') && !/\d{16}/.test(JSON.stringify(value))),
)
const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('drop', 'replace', 'add'),
  place: fc.nat(10_000),
  value: replacement,
})

/**
 * Changes one place of a JSON value: drops it, puts another value there, or adds an unknown key (an
 * item, to a list) inside.
 */
function mutate(body: unknown, { kind, place, value: shared }: Mutation): unknown {
  const value: unknown = structuredClone(shared)
  const places = placesIn(body)
  const chosen = places[place % (places.length + 1)]
  if (chosen === undefined) return kind === 'replace' ? value : body
  const { parent, key } = chosen
  if (kind === 'replace') parent[key] = value
  else if (kind === 'add') addTo(parent, value)
  else if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else delete parent[key]
  return body
}

type Container = Record<string, unknown>

function placesIn(value: unknown): { parent: Container; key: string }[] {
  if (typeof value !== 'object' || value === null) return []
  const parent = value as Container
  return Object.keys(parent).flatMap((key) => [{ parent, key }, ...placesIn(parent[key])])
}

function addTo(parent: Container, value: unknown): void {
  if (Array.isArray(parent)) parent.push(value)
  else parent.unknown_key = value
}
