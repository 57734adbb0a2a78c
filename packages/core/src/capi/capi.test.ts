import { isCscapiError } from '@cscapi/signals'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { anyJson, RUNS, RUNS_TEXT } from '../../test/any-json.js'
import { everyCall, KEY, PASSWORD, SENT, TOKEN } from '../../test/every-call.js'
import { createCapi } from './capi.js'

/** JSON, cut and bent, and text that is not JSON at all. */
const body = fc.oneof(
  { weight: 6, arbitrary: anyJson.map((json) => JSON.stringify(json) ?? '') },
  { weight: 1, arbitrary: anyJson.map((json) => (JSON.stringify(json) ?? '').slice(0, -1)) },
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

const NULL_BODY = new Set([204, 205, 304])

test(`whatever CAPI answers, a call resolves, or rejects with a typed error that shows no secret (${RUNS_TEXT} answers)`, async () => {
  let answer: { status: number; body: string; headers: Record<string, string> } = {
    status: 200,
    body: '',
    headers: {},
  }
  // The place in the source of so many errors takes most of the time, and tells nothing here.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  onTestFinished(() => {
    Error.stackTraceLimit = stackTraceLimit
  })
  const capi = createCapi({
    environment: { baseUrl: 'http://127.0.0.1:8088/v3' },
    fetch: async () =>
      new Response(NULL_BODY.has(answer.status) ? null : answer.body, {
        status: answer.status,
        headers: answer.headers,
      }),
  })
  const calls = everyCall(capi)
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
})
