import { CscapiError } from '@cscapi/signals'
import { describe, expect, test } from 'vitest'
import { OneProcessState } from '../../test/one-process-state.js'
import { CapiAuthError, CapiForbiddenError, CapiResponseError } from '../errors.js'
import { readPause } from '../state/pause.js'
import { type DuePause, Outcomes, type OutcomesOptions } from './act-on-outcome.js'
import type { Machine, MachinePatch } from './machine-store.js'

const HOUR_MS = 3_600_000
const unauthorized = new CapiAuthError('unauthorized', 'no', { endpoint: 'POST /signals', status: 401 })
const refused = new CapiAuthError('machine_refused', 'no', {
  endpoint: 'POST /signals',
  status: 403,
  serverMessage: 'machine is blocked',
})
const forbidden = new CapiForbiddenError('forbidden', 'no', {
  endpoint: 'POST /signals',
  status: 403,
  serverMessage: 'Forbidden',
})
const serverError = new CapiResponseError(
  'server_error',
  'no',
  { endpoint: 'POST /signals', status: 500 },
  { retryable: true },
)

/** A store of machines that are all registered, and what was written down about each. */
function arrange(options: Partial<OutcomesOptions> = {}) {
  const clock = { now: () => 0, sleep: async () => {} }
  const state = new OneProcessState(clock)
  const machines = new Map<string, Machine>()
  const store = Object.assign(state, {
    getMachine: async (machineId: string) => machines.get(machineId),
    createMachine: async () => expect.fail('no machine is made'),
    updateMachine: async (machineId: string, patch: MachinePatch) => {
      const { failing, authFailures } = patch
      const known = machines.get(machineId) ?? expect.fail('no such machine')
      const retryInMs = failing?.retryAfterMs ?? 0
      machines.set(machineId, {
        ...known,
        ...(authFailures !== undefined && { authFailures }),
        ...(failing !== undefined && { failing: failing === null ? undefined : { ...failing, sinceMs: 0, retryInMs } }),
      })
    },
    listMachines: async () => ({ machines: [...machines.values()], next: undefined }),
    deleteMachines: async () => 0,
  })
  for (const machineId of ['a', 'b', 'c', 'd']) {
    const token = { value: 't', scenarios: [], expiresInMs: undefined }
    machines.set(machineId, { machineId, password: 'p', registered: true, token, authFailures: 0, failing: undefined })
  }
  const base = { store, clock, random: () => 0.5, retryDelayMs: 5_000, maxRetryDelayMs: 300_000 }
  return { outcomes: new Outcomes({ ...base, ...options }), machines, state }
}

const onSignals = (machineId: string, extra = {}) => ({ endpoint: 'signals', machineId, ...extra }) as const

describe('what was decided about a call that failed', () => {
  test('is returned, and nothing is written down about trouble that passes', async () => {
    const { outcomes, machines, state } = arrange()
    const before = machines.get('a')
    expect(await outcomes.conclude(serverError, onSignals('a'))).toMatchObject({ action: 'postpone', transient: true })
    expect(machines.get('a')).toBe(before)
    expect(await readPause(state)).toBeUndefined()
  })

  test('leaves a machine alone that CAPI refuses, and tells of it with CAPI’s words', async () => {
    const told: unknown[] = []
    const { outcomes, machines } = arrange({ onFailing: (...failing) => told.push(failing) })
    expect(await outcomes.conclude(refused, onSignals('a'))).toMatchObject({ action: 'fail', retryAfterMs: HOUR_MS })
    expect(machines.get('a')?.failing).toMatchObject({ reason: 'machine_refused', message: 'machine is blocked' })
    expect(told).toEqual([['a', { reason: 'machine_refused', message: 'machine is blocked', retryAfterMs: HOUR_MS }]])
  })

  test('pauses the store because of a ban, and says for how long', async () => {
    const { outcomes, state } = arrange()
    const { action, paused } = await outcomes.conclude(forbidden, onSignals('a'))
    expect({ action, paused }).toEqual({ action: 'pause', paused: { reason: 'forbidden', forMs: 1.05 * HOUR_MS } })
    expect(await readPause(state)).toEqual({ reason: 'forbidden', message: 'Forbidden', remainingMs: 1.05 * HOUR_MS })
  })

  test('leaves the pausing to whoever asked for it, and says what it comes of', async () => {
    const due: DuePause[] = []
    const { outcomes, state } = arrange({ pauseStore: async (pause) => void due.push(pause) })
    await outcomes.conclude(forbidden, onSignals('a'))
    expect(due).toEqual([
      { reason: 'forbidden', error: forbidden, endpoint: 'signals', machineId: 'a', forMs: 1.05 * HOUR_MS },
    ])
    expect(await readPause(state)).toBeUndefined()
  })

  test('asks for a login after the first 401 of a call, which counts against nobody', async () => {
    const { outcomes, machines } = arrange()
    expect(await outcomes.conclude(unauthorized, onSignals('a'))).toEqual({ action: 'login' })
    expect(machines.get('a')?.authFailures).toBe(0)
  })

  test.each(['signals', 'decisions', 'enroll', 'metrics', 'register'] as const)(
    'counts a 401 of %s that no fresh token helps; with the third the machine fails',
    async (endpoint) => {
      const { outcomes, machines } = arrange()
      const call = { endpoint, machineId: 'a', reauthenticated: true }
      for (const count of [1, 2]) {
        expect(await outcomes.conclude(unauthorized, call)).toMatchObject({ action: 'postpone', unauthorized: true })
        expect(machines.get('a')?.authFailures).toBe(count)
      }
      expect(await outcomes.conclude(unauthorized, call)).toMatchObject({ action: 'fail', reason: 'unauthorized' })
      expect(machines.get('a')?.failing).toMatchObject({ reason: 'unauthorized' })
    },
  )

  test('lets everybody wait once three machines in a row are answered 401, longer from time to time, and no machine counts it', async () => {
    const { outcomes, machines, state } = arrange()
    const conclude = (machineId: string) => outcomes.conclude(unauthorized, { endpoint: 'login', machineId })
    expect((await conclude('a')).paused).toBeUndefined()
    expect((await conclude('b')).paused).toBeUndefined()
    expect((await conclude('c')).paused).toEqual({ reason: 'unauthorized', forMs: 225_000 })
    expect(await readPause(state)).toMatchObject({ reason: 'unauthorized', remainingMs: 225_000 })
    expect(await conclude('d'), 'the pause of before').toMatchObject({ paused: { forMs: 225_000 } })
    await state.setState('pause:sending', undefined)
    expect((await conclude('d')).paused).toEqual({ reason: 'unauthorized', forMs: 450_000 })
    expect([...machines.values()].map(({ authFailures }) => authFailures)).toEqual([0, 0, 0, 0])
  })

  test('is forgotten once a token is accepted', async () => {
    const { outcomes, machines } = arrange()
    const conclude = (machineId: string) =>
      outcomes.conclude(unauthorized, onSignals(machineId, { reauthenticated: true }))
    await conclude('a')
    await conclude('b')
    await outcomes.succeeded(machines.get('a'))
    expect(machines.get('a')?.authFailures).toBe(0)
    expect((await conclude('c')).paused).toBeUndefined()
  })

  test('is for the caller to see where CAPI was not asked', async () => {
    const { outcomes } = arrange()
    expect(await outcomes.conclude(new CscapiError('aborted', 'it'), onSignals('a'))).toEqual({ action: 'raise' })
  })
})
