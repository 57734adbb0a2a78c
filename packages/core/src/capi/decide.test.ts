import { CscapiError, InputError } from '@cscapi/signals'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  AbortedError,
  CapiAuthError,
  CapiForbiddenError,
  CapiNetworkError,
  CapiProtocolError,
  CapiRateLimitError,
  CapiResponseError,
  CapiTimeoutError,
  LoginBudgetError,
  StorageError,
} from '../errors.js'
import { type DecideContext, decide, SLOW_PATH_ATTEMPTS, SLOW_PATH_MS } from './decide.js'
import type { EndpointName } from './endpoints/endpoint-name.js'

const HOUR_MS = 3_600_000
const ENDPOINTS: readonly EndpointName[] = ['register', 'login', 'signals', 'decisions', 'enroll', 'metrics']

const on = (endpoint: EndpointName, extra: Partial<DecideContext> = {}): DecideContext => ({
  endpoint,
  retryDelayMs: 5_000,
  maxRetryDelayMs: 300_000,
  random: 0.5,
  batchSize: 50,
  ...extra,
})

const answer = (status: number, code: string, options: { retryable?: boolean; retryAfterMs?: number } = {}) =>
  new CapiResponseError(code, 'an answer', { endpoint: 'POST /x', status, retryAfterMs: options.retryAfterMs }, options)

const badRequest = answer(400, 'bad_request')
const serverError = answer(500, 'server_error', { retryable: true })
const unauthorized = new CapiAuthError('unauthorized', 'an answer', { endpoint: 'POST /x', status: 401 })
const refused = new CapiAuthError('credentials_refused', 'an answer', { endpoint: 'POST /x', status: 403 })
const forbidden = new CapiForbiddenError('forbidden', 'an answer', { endpoint: 'POST /x', status: 403 })
const badKey = new CapiForbiddenError('attachment_key_refused', 'an answer', { endpoint: 'POST /x', status: 403 })
const rateLimited = (retryAfterMs?: number) =>
  new CapiRateLimitError(
    'rate_limited',
    'an answer',
    { endpoint: 'POST /x', status: 429, retryAfterMs },
    { retryable: true },
  )

const TRANSIENT: Record<string, CscapiError> = {
  'a 500': serverError,
  'a 503': answer(503, 'server_error', { retryable: true }),
  'a 408': answer(408, 'request_timeout', { retryable: true }),
  'a 425': answer(425, 'too_early', { retryable: true }),
  'a refused connection': new CapiNetworkError('network_error', 'no answer', { retryable: true }),
  'a timeout': new CapiTimeoutError('timeout', 'no answer', { retryable: true }),
  'a page of HTML': new CapiProtocolError('unexpected_response', 'HTML', { retryable: true }),
}

describe('decide', () => {
  test('a spent login budget postpones until a login is left, on every endpoint; it is no attempt and no outage', () => {
    const spent = new LoginBudgetError('sensor', { logins: 20, windowMs: 3_000_000 }, 90_000)
    for (const endpoint of ENDPOINTS) {
      const outcome = { action: 'postpone', afterMs: 90_000, transient: false, unauthorized: false }
      expect(decide(spent, on(endpoint, { attempts: 20, reauthenticated: true }))).toEqual(outcome)
    }
  })

  test('a 2xx is done, on every endpoint', () => {
    for (const endpoint of ENDPOINTS) expect(decide(undefined, on(endpoint))).toEqual({ action: 'done' })
  })

  test('400, 413 and 422 on signals halve the batch, and reject a signal that stands alone', () => {
    for (const error of [badRequest, answer(413, 'too_large'), answer(422, 'unprocessable')]) {
      expect(decide(error, on('signals'))).toEqual({ action: 'split' })
      expect(decide(error, on('signals', { batchSize: 1 }))).toEqual({ action: 'reject' })
    }
  })

  test('400 on a pull, an enrolment or metrics is the caller’s to see', () => {
    for (const endpoint of ['decisions', 'enroll', 'metrics'] as const) {
      expect(decide(badRequest, on(endpoint))).toEqual({ action: 'raise' })
    }
  })

  test.each(Object.entries(TRANSIENT))('%s postpones, on every endpoint, and may be an outage', (_, error) => {
    for (const endpoint of ENDPOINTS) {
      expect(decide(error, on(endpoint))).toEqual({
        action: 'postpone',
        afterMs: 2_500,
        transient: true,
        unauthorized: false,
      })
    }
  })

  test('the delay doubles with each attempt up to its ceiling, with full jitter', () => {
    const delays = [0, 1, 2, 5, 6, 7, 1_000].map((attempts) =>
      decide(serverError, on('signals', { attempts, random: 0.999_999 })),
    )
    expect(delays.map((outcome) => outcome.action === 'postpone' && outcome.afterMs)).toEqual([
      5_000, 10_000, 20_000, 160_000, 300_000, 300_000, 300_000,
    ])
    expect(decide(serverError, on('signals', { attempts: 9, random: 0 }))).toMatchObject({ afterMs: 0 })
  })

  test('a delay is never shorter than Retry-After', () => {
    const busy = answer(503, 'server_error', { retryable: true, retryAfterMs: 700_000 })
    expect(decide(busy, on('signals'))).toMatchObject({ action: 'postpone', afterMs: 700_000 })
  })

  test('429 ends the run, on every endpoint, for as long as it says; else for half to all of the longest backoff', () => {
    for (const endpoint of ENDPOINTS) {
      expect(decide(rateLimited(90_000), on(endpoint))).toEqual({ action: 'stop', afterMs: 90_000 })
      expect(decide(rateLimited(), on(endpoint, { random: 0 }))).toEqual({ action: 'stop', afterMs: 150_000 })
      expect(decide(rateLimited(), on(endpoint))).toEqual({ action: 'stop', afterMs: 225_000 })
    }
  })

  test('a 403 that is neither about credentials nor about a key pauses for 1 h and up to 10 %, on every endpoint', () => {
    for (const endpoint of ENDPOINTS) {
      expect(decide(forbidden, on(endpoint, { random: 0 }))).toEqual({ action: 'pause', forMs: HOUR_MS })
      expect(decide(forbidden, on(endpoint, { random: 0.5 }))).toEqual({ action: 'pause', forMs: 1.05 * HOUR_MS })
    }
  })

  test('a 403 for these signals alone, while the address is welcome, is treated like a 400', () => {
    expect(decide(forbidden, on('signals', { addressWelcome: true }))).toEqual({ action: 'split' })
    expect(decide(forbidden, on('signals', { addressWelcome: true, batchSize: 1 }))).toEqual({ action: 'reject' })
    expect(decide(forbidden, on('decisions', { addressWelcome: true }))).toMatchObject({ action: 'pause' })
  })

  test('a refused attachment key is the caller’s to see and pauses nothing', () => {
    expect(decide(badKey, on('enroll'))).toEqual({ action: 'raise' })
  })

  test('a first 401 asks for one login', () => {
    for (const endpoint of ['signals', 'decisions', 'enroll', 'metrics'] as const) {
      expect(decide(unauthorized, on(endpoint))).toEqual({ action: 'login' })
    }
  })

  test('a 401 with a fresh token postpones, and the third such failure makes the machine failing', () => {
    const again = { reauthenticated: true, unauthorizedMachines: 1 }
    expect(decide(unauthorized, on('signals', { ...again, authFailures: 1 }))).toEqual({
      action: 'postpone',
      afterMs: 2_500,
      transient: false,
      unauthorized: true,
    })
    expect(decide(unauthorized, on('signals', { ...again, authFailures: 2 }))).toEqual({
      action: 'fail',
      reason: 'unauthorized',
      count: 1,
      retryAfterMs: HOUR_MS,
    })
  })

  test('the same 401 on three machines in a row is the server’s trouble: nobody fails', () => {
    const context = on('signals', { reauthenticated: true, authFailures: 9, unauthorizedMachines: 3 })
    expect(decide(unauthorized, context)).toMatchObject({ action: 'postpone', unauthorized: true, serverWide: true })
  })

  test('"already registered" asks for a login with the stored password', () => {
    expect(decide(answer(409, 'already_registered'), on('register'))).toEqual({ action: 'login' })
    expect(decide(answer(500, 'already_registered'), on('register'))).toEqual({ action: 'login' })
  })

  test('refused credentials make the machine failing, and the id taken when CAPI knew it before us', () => {
    expect(decide(refused, on('login'))).toMatchObject({ action: 'fail', reason: 'credentials_refused' })
    expect(decide(refused, on('login', { alreadyRegistered: true }))).toMatchObject({
      action: 'fail',
      reason: 'machine_id_taken',
    })
  })

  test('another 4xx makes a registration fail, but only postpones a login', () => {
    for (const error of [badRequest, unauthorized]) {
      expect(decide(error, on('register'))).toMatchObject({ action: 'fail', reason: 'register_refused' })
      expect(decide(error, on('login'))).toMatchObject({ action: 'postpone', transient: false })
    }
  })

  test('where there is no CAPI, the run ends, on every endpoint, and no machine fails for it', () => {
    for (const endpoint of ENDPOINTS) {
      expect(decide(answer(404, 'not_found'), on(endpoint))).toEqual({ action: 'misconfigured', afterMs: 2_500 })
    }
  })

  test('a machine that CAPI refuses by name is left alone, whether it logs in or sends; pulls, enrolments and metrics are not its end', () => {
    const blocked = new CapiAuthError('machine_refused', 'an answer', { endpoint: 'POST /x', status: 403 })
    for (const endpoint of ['login', 'signals'] as const) {
      expect(decide(blocked, on(endpoint))).toMatchObject({ action: 'fail', reason: 'machine_refused', count: 1 })
    }
    for (const endpoint of ['decisions', 'enroll', 'metrics'] as const) {
      expect(decide(blocked, on(endpoint))).toEqual({ action: 'raise' })
    }
  })

  test('a 401 of a login, or of a registration where machines in a row are counted, is everybody’s from the third machine on', () => {
    for (const endpoint of ['login', 'register'] as const) {
      const outcome = (unauthorizedMachines: number) =>
        decide(unauthorized, on(endpoint, { reauthenticated: true, unauthorizedMachines }))
      expect(outcome(2)).toMatchObject({ action: 'postpone', transient: false })
      expect(outcome(2)).not.toHaveProperty('serverWide')
      expect(outcome(3)).toMatchObject({ action: 'postpone', transient: false, serverWide: true })
    }
  })

  test('a failing machine is tried again after 1 h, doubling to 24 h', () => {
    const hours = [0, 1, 2, 3, 4, 5, 50].map((failingCount) => decide(refused, on('login', { failingCount })))
    expect(hours.map((outcome) => outcome.action === 'fail' && outcome.retryAfterMs / HOUR_MS)).toEqual([
      1, 2, 4, 8, 16, 24, 24,
    ])
  })

  test('a 4xx that says nothing about the signals puts them back', () => {
    for (const error of [answer(409, 'already_registered'), answer(418, 'unexpected_status')]) {
      expect(decide(error, on('signals'))).toMatchObject({ action: 'postpone', transient: false })
    }
  })

  test('a batch that only ever meets 5xx is taken apart after 10 attempts over a day, if others get through', () => {
    const worn = { attempts: SLOW_PATH_ATTEMPTS, attemptsForMs: SLOW_PATH_MS, othersGetThrough: true }
    expect(decide(serverError, on('signals', worn))).toEqual({ action: 'split' })
    expect(decide(serverError, on('signals', { ...worn, batchSize: 1 }))).toEqual({ action: 'reject' })
    const notYet = [
      { attempts: SLOW_PATH_ATTEMPTS - 1 },
      { attemptsForMs: SLOW_PATH_MS - 1 },
      { othersGetThrough: false },
    ]
    for (const lacking of notYet)
      expect(decide(serverError, on('signals', { ...worn, ...lacking }))).toMatchObject({ action: 'postpone' })
    expect(decide(TRANSIENT['a timeout'], on('signals', worn))).toMatchObject({ action: 'postpone' })
  })

  test('a machine known to be failing, and a paused store, postpone for as long as they say', () => {
    for (const code of ['machine_failing', 'machine_id_taken', 'register_refused', 'paused', 'credentials_refused']) {
      const error = answer(403, code, { retryAfterMs: 1_234 })
      expect(decide(error, on('login'))).toEqual({
        action: 'postpone',
        afterMs: 1_234,
        transient: false,
        unauthorized: false,
      })
    }
  })

  test('a machine whose login another process holds is postponed, and that is no sign of an outage', () => {
    const busy = new CscapiError('lock_busy', 'held', { retryable: true })
    expect(decide(busy, on('login'))).toEqual({
      action: 'postpone',
      afterMs: 2_500,
      transient: false,
      unauthorized: false,
    })
  })

  test('what is no answer of CAPI goes to the caller', () => {
    const storage = new StorageError('storage_busy', 'busy', { adapter: 'x', operation: 'lease' })
    const input = new InputError('No', [{ path: 'a', value: '1', rule: 'must be 2' }])
    for (const error of [storage, input, new AbortedError('It')]) {
      for (const endpoint of ENDPOINTS) expect(decide(error, on(endpoint))).toEqual({ action: 'raise' })
    }
  })

  test('no answer ever makes a batch of one split, a batch of many reject, or a wait negative', () => {
    const error = fc.constantFrom(
      badRequest,
      serverError,
      unauthorized,
      refused,
      forbidden,
      rateLimited(5),
      ...Object.values(TRANSIENT),
    )
    const context = fc.record({
      endpoint: fc.constantFrom(...ENDPOINTS),
      retryDelayMs: fc.integer({ min: 1, max: 10_000 }),
      maxRetryDelayMs: fc.integer({ min: 10_000, max: 1_000_000 }),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      batchSize: fc.integer({ min: 1, max: 50 }),
      attempts: fc.nat(100),
      attemptsForMs: fc.nat(2 * SLOW_PATH_MS),
      othersGetThrough: fc.boolean(),
      addressWelcome: fc.boolean(),
      reauthenticated: fc.boolean(),
      authFailures: fc.nat(5),
    })
    fc.assert(
      fc.property(error, context, (anError, aContext) => {
        const outcome = decide(anError, aContext)
        if (outcome.action === 'split') expect(aContext.batchSize).toBeGreaterThan(1)
        if (outcome.action === 'reject') expect(aContext.batchSize).toBe(1)
        if (outcome.action === 'postpone' || outcome.action === 'stop')
          expect(outcome.afterMs).toBeGreaterThanOrEqual(0)
        if (outcome.action === 'split' || outcome.action === 'reject') expect(aContext.endpoint).toBe('signals')
      }),
    )
  })
})
