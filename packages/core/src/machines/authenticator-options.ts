import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import type { Capi } from '../capi/capi.js'
import type { Clock } from '../clock.js'
import { functionSchema, methodsSchema, milliseconds } from '../option-schemas.js'
import type { StateStore } from '../state/state-store.js'
import type { OutcomesOptions } from './act-on-outcome.js'
import { type LoginBudgetOptions, loginBudgetSchema } from './login-budget.js'
import type { Machine, MachineStore } from './machine-store.js'
import type { TokenWish } from './usable-token.js'

/** Options of {@link MachineAuthenticator}. */
export interface MachineAuthenticatorOptions extends Pick<OutcomesOptions, 'onFailing' | 'pauseStore'> {
  /** Where machines are registered and logged in. */
  readonly capi: Pick<Capi, 'register' | 'login' | 'baseUrl'>
  /** Where machines, tokens and locks are kept, shared by every process. */
  readonly store: MachineStore & StateStore
  /** Sent at every login that asks for no other set. */
  readonly scenarios: readonly string[]
  /** What the time is, and how to wait. */
  readonly clock: Clock
  /** From 0 (inclusive) to 1. */
  readonly random: () => number
  /** How long one CAPI call may take, in milliseconds; the login lock is held for two of them. */
  readonly timeoutMs: number
  /**
   * How early a token counts as expired, in milliseconds, but never more than half of its lifetime.
   */
  readonly latencyOffsetMs: number
  /** Delay before the first repeat, in milliseconds; doubles with each. */
  readonly retryDelayMs: number
  /** Upper bound of that delay, in milliseconds. */
  readonly maxRetryDelayMs: number
  /** Accept ids of 49 to 64 characters. */
  readonly allowLongMachineIds?: boolean
  /** Shared by every process of the store. Default: no bound. */
  readonly loginBudget?: LoginBudgetOptions
  /** Called after every login that CAPI accepted. */
  readonly onLogin?: (machineId: string) => void
  /**
   * Called after a stored token was dropped because no request can carry it; `flaw` says why not.
   */
  readonly onTokenDropped?: (machineId: string, flaw: string) => void
}

export const authenticatorOptionsSchema = lazily(() =>
  z.strictObject({
    capi: methodsSchema(['register', 'login'], 'must be what createCapi makes'),
    store: methodsSchema(['getMachine', 'updateMachine', 'getState', 'setState'], 'must be a storage instance'),
    scenarios: z.array(z.string()),
    clock: methodsSchema(['now', 'sleep'], 'must have the methods now and sleep'),
    random: functionSchema(),
    timeoutMs: milliseconds,
    latencyOffsetMs: z.number().min(0),
    retryDelayMs: milliseconds,
    maxRetryDelayMs: milliseconds,
    allowLongMachineIds: z.boolean().optional(),
    loginBudget: loginBudgetSchema.optional(),
    onLogin: functionSchema().optional(),
    onFailing: functionSchema().optional(),
    pauseStore: functionSchema().optional(),
    onTokenDropped: functionSchema().optional(),
  } satisfies Record<keyof MachineAuthenticatorOptions, z.ZodType>),
)

/**
 * A `refused` token costs a login unless the store has another one by now, and so does one that was
 * not issued for the `scenarios`. Only pulls care for these.
 */
export interface AuthenticateOptions extends TokenWish {
  /** The machine, where the caller has just read it from the store. */
  readonly machine?: Machine | undefined
  /** How often this was tried before: the wait that an outcome asks for grows. Default 0. */
  readonly attempts?: number
  /** Makes the calls in place of the authenticator's own, e.g. for a caller that counts them. */
  readonly capi?: Pick<Capi, 'register' | 'login'>
  /** Ends the waiting and the calls with an `AbortedError`. */
  readonly signal?: AbortSignal | undefined
}
