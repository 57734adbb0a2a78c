import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDecisionStream } from './capi/decision-stream/read-decision-stream.js'
import { retryAfterMs } from './capi/retry-after.js'
import { createCapi, isCscapiError } from './index.js'
import { LoginBudget } from './machines/login-budget.js'
import { readTokenClaims, tokenLifetimeMs } from './machines/token.js'
import { Keyring } from './secrets/keyring.js'
import { readPause } from './state/pause.js'
import type { StateStore, StateValue } from './state/state-store.js'

const RUNS = process.env.CSCAPI_TEST_LONG === '1' ? 100_000 : 5_000

const PASSWORD = 'Passw0rdPassw0rdPassw0rd'
const TOKEN = 'e30.eyJzdWIiOiJ0In0.tokensignature'
const KEY = 'attachmentkey1'

/** JSON that is near to what CAPI says, cut and bent, and text that is not JSON at all. */
const words = fc.constantFrom(
  'new',
  'deleted',
  'links',
  'blocklists',
  'allowlists',
  'token',
  'expire',
  'message',
  'code',
)
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      null,
      true,
      0,
      -1,
      1e308,
      '',
      'Ip',
      '1.2.3.4',
      '4h',
      '3h59m55.756182786s',
      'OK',
      'Forbidden',
      TOKEN,
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.double(),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(
        words,
        fc.constantFrom('value', 'duration', 'scope', 'scenario', 'decisions', 'name', 'url', '__proto__'),
      ),
      tie('any'),
      { maxKeys: 6 },
    ),
  ),
})).any
const body = fc.oneof(
  { weight: 6, arbitrary: value.map((json) => JSON.stringify(json) ?? '') },
  { weight: 1, arbitrary: value.map((json) => (JSON.stringify(json) ?? '').slice(0, -1)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  { weight: 1, arbitrary: fc.constantFrom(PASSWORD, TOKEN, KEY, `{"message":"${PASSWORD} ${TOKEN} ${KEY}"}`) },
)
const status = fc.oneof(
  fc.constantFrom(200, 201, 204, 301, 400, 401, 403, 409, 413, 429, 500, 503),
  fc.integer({ min: 200, max: 599 }),
)
const headers = fc.dictionary(
  fc.constantFrom('content-type', 'retry-after', 'date', 'location', 'content-length', 'x-any'),
  fc.oneof(
    fc.constantFrom(
      'application/json',
      'text/html',
      '0',
      '-5',
      '1e9',
      '120',
      'Sun, 01 Jan 2023 01:01:01 GMT',
      'https://example.com/',
    ),
    fc.string({ unit: fc.constantFrom(...'abc 019:,;=/-'), maxLength: 20 }),
  ),
)

/** Which secrets the calls send, in their order. */
const SENT = [[PASSWORD], [PASSWORD], [TOKEN], [TOKEN], [TOKEN, KEY], [TOKEN]]
const NULL_BODY = new Set([204, 205, 304])

describe('whatever CAPI answers', () => {
  test(`a call resolves, or rejects with a typed error that shows no secret (${RUNS.toLocaleString('en')} answers)`, async () => {
    let answer: { status: number; body: string; headers: Record<string, string> } = {
      status: 200,
      body: '',
      headers: {},
    }
    const capi = createCapi({
      environment: { baseUrl: 'http://127.0.0.1:8088/v3' },
      fetch: async () =>
        new Response(NULL_BODY.has(answer.status) ? null : answer.body, {
          status: answer.status,
          headers: answer.headers,
        }),
    })
    const calls = [
      () => capi.register({ machineId: 'm', password: PASSWORD }),
      () => capi.login({ machineId: 'm', password: PASSWORD, scenarios: [] }),
      () => capi.pushSignals({ token: TOKEN, payloads: ['{}'] }),
      () => capi.pullDecisions({ token: TOKEN }),
      () => capi.enroll({ token: TOKEN, attachmentKey: KEY }),
      () => capi.pushMetrics({ token: TOKEN, metrics: { bouncers: [], machines: [] } }),
    ]
    await fc.assert(
      fc.asyncProperty(status, body, headers, fc.nat(calls.length - 1), async (code, text, fields, call) => {
        answer = { status: code, body: text, headers: fields }
        const failure: unknown = await calls[call]?.().then(
          () => undefined,
          (error: unknown) => error,
        )
        if (failure === undefined) return
        expect(isCscapiError(failure)).toBe(true)
        const shown = String(failure instanceof Error ? failure.stack : failure) + JSON.stringify(failure)
        for (const secret of SENT[call] ?? []) expect(shown).not.toContain(secret)
      }),
      { numRuns: RUNS },
    )
  }, 600_000)

  test(`a decision stream is read as far as it can be, with what was skipped (${RUNS.toLocaleString('en')} answers)`, async () => {
    await fc.assert(
      fc.asyncProperty(value, async (json) => {
        if (typeof json !== 'object' || json === null || Array.isArray(json)) return
        const stream = await readDecisionStream([Buffer.from(JSON.stringify(json))], 1_700_000_000_000)
        for (const { value: text, scope, expiresAt } of stream.new) {
          expect(typeof text === 'string' && typeof scope === 'string' && Number.isFinite(expiresAt)).toBe(true)
        }
      }),
      { numRuns: RUNS },
    )
  })

  test(`a Retry-After is a wait of 0 ms to one hour, or none (${RUNS.toLocaleString('en')} headers)`, () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'0123456789.-+eE :,GMTSunJa'), maxLength: 32 }),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    )
    fc.assert(
      fc.property(text, text, (retryAfter, date) => {
        const wait = retryAfterMs(new Headers({ 'retry-after': retryAfter, date }), 1_700_000_000_000)
        expect(wait === undefined || (wait >= 0 && wait <= 3_600_000)).toBe(true)
      }),
      { numRuns: RUNS },
    )
  })

  test(`a token is read for what it says, never trusted to be one (${RUNS.toLocaleString('en')} tokens)`, () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      value.map((json) => Buffer.from(JSON.stringify(json) ?? '').toString('base64url')),
      fc
        .record({ iat: value, exp: value, organization_id: value, subscription_type: value })
        .map((claims) => Buffer.from(JSON.stringify(claims)).toString('base64url')),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const token = parts.join('.')
        const claims = readTokenClaims(token)
        expect(claims.exp === undefined || typeof claims.exp === 'number').toBe(true)
        const lifetime = tokenLifetimeMs(token)
        expect(lifetime === undefined || (lifetime > 0 && Number.isFinite(lifetime))).toBe(true)
      }),
      { numRuns: RUNS },
    )
  })
})

describe('whatever stands in a store', () => {
  const bytes = fc.oneof(
    value.map((json) => new TextEncoder().encode(JSON.stringify(json) ?? '')),
    value.map((json) => new TextEncoder().encode((JSON.stringify(json) ?? '').slice(1))),
    fc.uint8Array({ maxLength: 40 }),
  )
  const stored = fc.record({ value: bytes, version: fc.nat(), expiresInMs: fc.option(fc.nat(), { nil: undefined }) })

  test(`a pause is one, or none; a login budget counts logins (${RUNS.toLocaleString('en')} values)`, async () => {
    let held: StateValue = { value: new Uint8Array(), version: 1, expiresInMs: undefined }
    const state: StateStore = { getState: async () => held, setState: async () => 1 }
    const budget = { logins: 20, windowMs: 3_000_000 }
    const logins = new LoginBudget({ store: state, budget, timeoutMs: 30_000, random: () => 0.5 })
    await fc.assert(
      fc.asyncProperty(stored, async (any) => {
        held = any
        const pause = await readPause(state)
        expect(pause === undefined).toBe(any.expiresInMs === undefined)
        if (pause !== undefined) expect(['forbidden', 'rate_limited', 'outage']).toContain(pause.reason)
        const left = await logins.left()
        expect(Number.isInteger(left) && left >= 0 && left <= budget.logins).toBe(true)
      }),
      { numRuns: RUNS },
    )
  })

  test(`a sealed text opens to what was sealed, or is a typed error that shows nothing of it (${RUNS.toLocaleString('en')} texts)`, async () => {
    const nothing: StateStore = { getState: async () => undefined, setState: async () => 1 }
    const keyring = await Keyring.make(nothing, [new Uint8Array(32).fill(7)])
    const about = 'password of machine m'
    const sealed = keyring.seal(PASSWORD, about)
    const bent = fc
      .tuple(fc.nat(sealed.length), fc.nat(3), fc.string({ unit: fc.constantFrom(...'sealed:1aZ_-09'), maxLength: 3 }))
      .map(([at, drop, add]) => sealed.slice(0, at) + add + sealed.slice(at + drop))
    const text = fc.oneof(
      bent,
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string().map((rest) => `sealed:${rest}`),
    )
    fc.assert(
      fc.property(text, (any) => {
        try {
          expect(keyring.open(any, about)).toBe(any.startsWith('sealed:') ? PASSWORD : any)
        } catch (error) {
          if (!isCscapiError(error)) throw error
          expect(error.code).toMatch(/^(wrong_encryption_key|sealed_text_damaged)$/)
          expect(error.message).not.toContain(PASSWORD)
        }
      }),
      { numRuns: RUNS },
    )
  })
})
