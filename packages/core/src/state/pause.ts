import { readOptions } from '@cscapi/signals'
import * as z from 'zod'
import { CapiForbiddenError } from '../errors.js'
import { getJsonState, toJsonState } from './json-state.js'
import { stateKeys } from './keys.js'
import { assertStateStore, type StateStore } from './state-store.js'

/** Every reason for which a store may be paused. */
export const PAUSE_REASONS = ['forbidden', 'rate_limited', 'outage', 'unauthorized'] as const

/**
 * `forbidden`: CAPI blocks this address, and nobody sends anything. `rate_limited`, `outage`,
 * `unauthorized` (fresh tokens of several machines are refused): sending runs wait; other calls may
 * be tried.
 */
export type PauseReason = (typeof PAUSE_REASONS)[number]

/** A pause that every process of a store honours. */
export interface Pause {
  /** Why nobody may call. */
  readonly reason: PauseReason
  /** CAPI's message, if any. */
  readonly message: string | undefined
  /** Milliseconds until it ends. */
  readonly remainingMs: number
}

const pauseSchema = z.object({
  reason: z.enum(PAUSE_REASONS),
  message: z.string().optional(),
})

const keyOf = (reason: PauseReason) => (reason === 'forbidden' ? stateKeys.banPause : stateKeys.sendingPause)

/** Reads the pause in force: the ban if there is one, else what sending waits for. */
export async function readPause(state: StateStore): Promise<Pause | undefined> {
  return (await readPauseAt(state, keyOf('forbidden'))) ?? (await readPauseAt(state, keyOf('outage')))
}

async function readPauseAt(state: StateStore, key: string): Promise<Pause | undefined> {
  const stored = await getJsonState(state, key, pauseSchema)
  if (stored?.expiresInMs === undefined) return undefined
  // A pause that cannot be read is a pause all the same.
  const reason = key === keyOf('forbidden') ? 'forbidden' : 'outage'
  const { reason: written = reason, message } = stored.value ?? {}
  return { reason: written, message, remainingMs: stored.expiresInMs }
}

const newPauseSchema = pauseSchema.extend({ forMs: z.number() })

/**
 * Pauses the store for `forMs` milliseconds. A later pause extends an earlier one and never
 * shortens it. @throws InputError
 */
export async function extendPause(
  state: StateStore,
  pause: { reason: PauseReason; message?: string | undefined; forMs: number },
): Promise<void> {
  assertStateStore('The store was not paused', state)
  readOptions('The store was not paused', newPauseSchema, pause)
  // A backoff with full jitter may be no wait at all.
  if (pause.forMs <= 0) return
  const key = keyOf(pause.reason)
  const value = toJsonState({ reason: pause.reason, message: pause.message })
  for (;;) {
    const current = await state.getState(key)
    if (current?.expiresInMs !== undefined && current.expiresInMs >= pause.forMs) return
    const written = await state.setState(key, value, { ifVersion: current?.version ?? 0, expiresInMs: pause.forMs })
    if (written !== undefined) return
  }
}

/** Ends every pause of the store: only where it was for another address. */
export async function endPauses(state: StateStore): Promise<void> {
  assertStateStore('No pause was ended', state)
  for (const reason of PAUSE_REASONS) await state.setState(keyOf(reason), undefined)
}

/** Builds the error of a call that was not made because CAPI forbade this address. */
export function pausedError(endpoint: string, pause: Pause): CapiForbiddenError {
  const minutes = Math.ceil(pause.remainingMs / 60_000)
  return new CapiForbiddenError(
    'paused',
    `${endpoint} was not called: CAPI forbade this address (${pause.message ?? 'no message'}), and calling during a ban prolongs it; wait ${minutes} min`,
    { endpoint, status: 403, serverMessage: pause.message, retryAfterMs: pause.remainingMs },
    { retryable: true },
  )
}
