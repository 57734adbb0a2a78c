import { expect, test } from 'vitest'
import { OneProcessState } from '../test/one-process-state.js'
import { decide, extendPause, FAILING_REASONS, getJsonState, InputError, readPause, withStateLock } from './index.js'

const NONSENSE: readonly unknown[] = [undefined, null, 42, 'text', [], {}, () => {}]
const clock = { now: () => 0, sleep: async () => {} }
const state = new OneProcessState(clock)
const lockOptions = { clock, random: () => 0.5, holdMs: 1_000 }
const forbidden = { reason: 'forbidden', forMs: 1_000 }

/** Calls as a program without types may make them. */
async function failureOf(block: unknown, ...given: unknown[]): Promise<InputError | undefined> {
  if (typeof block !== 'function') throw new Error('no building block')
  try {
    await block(...given)
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  return undefined
}

const blocks: readonly [name: string, path: string, call: (nonsense: unknown) => Promise<unknown>][] = [
  ['readPause', 'state', (nonsense) => failureOf(readPause, nonsense)],
  ['getJsonState', 'state', (nonsense) => failureOf(getJsonState, nonsense, 'k', FAILING_REASONS)],
  ['extendPause (state)', 'state', (nonsense) => failureOf(extendPause, nonsense, forbidden)],
  [
    'extendPause (forMs)',
    'forMs',
    (nonsense) => failureOf(extendPause, state, { reason: 'outage', forMs: `${nonsense}` }),
  ],
  ['extendPause (reason)', 'reason', (nonsense) => failureOf(extendPause, state, { reason: nonsense, forMs: 1 })],
  ['withStateLock (state)', 'state', (nonsense) => failureOf(withStateLock, nonsense, 'k', lockOptions)],
  [
    'withStateLock (clock)',
    'clock',
    (nonsense) => failureOf(withStateLock, state, 'k', { ...lockOptions, clock: nonsense }),
  ],
  [
    'withStateLock (holdMs)',
    'holdMs',
    (nonsense) => failureOf(withStateLock, state, 'k', { ...lockOptions, holdMs: [nonsense] }),
  ],
  ['decide', 'random', (nonsense) => failureOf(decide, undefined, { endpoint: 'signals', random: [nonsense] })],
]

test.each(blocks)('%s refuses nonsense with an error that names %s', async (_, path, call) => {
  for (const nonsense of NONSENSE) {
    const failure = await call(nonsense)
    expect(failure).toMatchObject({
      name: 'InputError',
      issues: expect.arrayContaining([expect.objectContaining({ path })]),
    })
  }
})

test('a lock and a decision without any options name what is needed', async () => {
  const pathsOf = (failure: InputError | undefined) => failure?.issues?.map(({ path }) => path)
  expect(pathsOf(await failureOf(withStateLock, state, 'k'))).toEqual(['clock', 'random', 'holdMs'])
  expect(pathsOf(await failureOf(decide))).toEqual(['endpoint', 'retryDelayMs', 'maxRetryDelayMs', 'random'])
})

test('what is no error of ours is handed to the caller, never read', () => {
  const context = { endpoint: 'signals', retryDelayMs: 1, maxRetryDelayMs: 1, random: 0 } as const
  for (const thrown of [null, 42, new TypeError('x'), 'text']) {
    expect(decide(thrown as never, context)).toEqual({ action: 'raise' })
  }
})
