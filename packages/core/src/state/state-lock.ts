import { CscapiError, readOptions } from '@cscapi/signals'
import * as z from 'zod'
import { type Clock, sleepUnlessAborted } from '../clock.js'
import { AbortedError } from '../errors.js'
import { functionSchema, methodsSchema } from '../option-schemas.js'
import { assertStateStore, type StateStore } from './state-store.js'

/** How long a lock is waited for and held. */
export interface StateLockOptions {
  /** What the time is, and how to wait. */
  readonly clock: Clock
  /** From 0 (inclusive) to 1; spreads the waiting callers. */
  readonly random: () => number
  /**
   * How long the lock is held at most, in milliseconds: a holder that dies is replaced after it.
   */
  readonly holdMs: number
  /** How long to wait for it, in milliseconds. Default: twice `holdMs`. */
  readonly waitMs?: number
  /** Ends the wait with an `AbortedError`. */
  readonly signal?: AbortSignal | undefined
}

const POLL_MS = 50

const optionsSchema = z.object({
  clock: methodsSchema<Clock>(['now', 'sleep'], 'must have the methods now and sleep'),
  random: functionSchema<() => number>(),
  holdMs: z.number().positive(),
  waitMs: z.number().min(0).optional(),
})

/**
 * Runs `work` while no other process holds the lock of this name.
 * `renew`, called between steps, gives the holder `holdMs` again and says whether it still holds
 * the lock.
 *
 * @throws CscapiError `lock_busy` when the lock was not free within `waitMs`; AbortedError when
 * `signal` fires before it was; InputError.
 */
export async function withStateLock<T>(
  state: StateStore,
  key: string,
  options: StateLockOptions,
  work: (renew: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  assertStateStore('Nothing was locked', state)
  readOptions('Nothing was locked', optionsSchema, options)
  const holder = new TextEncoder().encode('held')
  let version = await acquire(state, key, holder, options)
  const renew = async () => {
    const renewed = await state.setState(key, holder, { ifVersion: version, expiresInMs: options.holdMs })
    version = renewed ?? version
    return renewed !== undefined
  }
  try {
    return await work(renew)
  } finally {
    await state.setState(key, undefined, { ifVersion: version })
  }
}

async function acquire(state: StateStore, key: string, holder: Uint8Array, options: StateLockOptions): Promise<number> {
  const { clock, holdMs, waitMs = 2 * holdMs, signal } = options
  let waitedMs = 0
  const what = `Waiting for the lock "${key}"`
  for (;;) {
    if (signal?.aborted) throw new AbortedError(what)
    const askedAt = clock.now()
    const version = await state.setState(key, holder, { ifVersion: 0, expiresInMs: holdMs })
    if (version !== undefined) return version
    if (waitedMs >= waitMs) {
      const message = `Another process has held the lock "${key}" for more than ${waitMs} ms; try again later`
      throw new CscapiError('lock_busy', message, { retryable: true })
    }
    const pauseMs = Math.ceil(POLL_MS * (0.5 + options.random()))
    await sleepUnlessAborted(clock, pauseMs, signal, what)
    // A store that is slow to answer takes time too, and a clock that is set back or ahead
    // meanwhile tells little of it.
    const tookMs = Math.min(Math.abs(clock.now() - askedAt), holdMs)
    waitedMs += Math.max(tookMs, pauseMs)
  }
}
