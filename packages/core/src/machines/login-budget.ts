import { readOptions } from '@cscapi/signals'
import * as z from 'zod'
import { LoginBudgetError } from '../errors.js'
import { functionSchema, methodsSchema } from '../option-schemas.js'
import { getJsonState, toJsonState } from '../state/json-state.js'
import { stateKeys } from '../state/keys.js'
import type { StateStore } from '../state/state-store.js'

/**
 * How many logins all processes of a store may make together in any stretch of `windowMs`
 * milliseconds.
 */
export interface LoginBudgetOptions {
  /** 1 to 10,000. */
  readonly logins: number
  /** 1 to 86,400,000. */
  readonly windowMs: number
}

/**
 * What free accounts get: past 20 logins of one address in 50 minutes, CAPI answers everything 403
 * for an hour (docs/capi-protocol.md, Bans).
 */
export const FREE_ACCOUNT_LOGIN_BUDGET: LoginBudgetOptions = { logins: 20, windowMs: 50 * 60_000 }

const SPREAD_MS = 60_000

/**
 * The ages, in milliseconds, of the logins in the window when it was last written; the value runs
 * out `keptMs` after that.
 */
const windowSchema = z.object({ keptMs: z.number(), ages: z.array(z.number()) })

/** Options of {@link LoginBudget}. */
export interface LoginBudgetSettings {
  /** Where the logins of all processes are counted. */
  readonly store: StateStore
  /** How many logins, in which time. */
  readonly budget: LoginBudgetOptions
  /**
   * How long a login may be on its way: it counts for so much longer, since CAPI counts it when it
   * arrives. In milliseconds.
   */
  readonly timeoutMs: number
  /** From 0 (inclusive) to 1; spreads those who wait. */
  readonly random: () => number
  /** Where the window is kept in the store. Default: the one of all machines. */
  readonly key?: string
}

/**
 * A sliding window over the logins of every process of a store. It lives in the store and counts on
 * the store's clock, so neither a crash nor a restart nor a wrong host clock empties it. Only
 * logins count: CAPI does not count registrations (docs/capi-protocol.md, Bans). Refused and
 * unanswered ones do count.
 */
export class LoginBudget {
  readonly #settings: LoginBudgetSettings
  readonly #keptMs: number
  readonly #key: string

  /** @throws InputError when the budget breaks a rule. */
  constructor(settings: LoginBudgetSettings) {
    readOptions('The login budget cannot be kept', settingsSchema, settings)
    readOptions('The login budget cannot be kept', loginBudgetSchema, settings.budget, { root: 'loginBudget' })
    this.#settings = settings
    this.#key = settings.key ?? stateKeys.loginBudget
    this.#keptMs = settings.budget.windowMs + settings.timeoutMs
  }

  /** Counts the logins that are left now. */
  async left(): Promise<number> {
    const { ages } = await this.#read()
    return Math.max(0, this.#settings.budget.logins - ages.length)
  }

  /**
   * Says whether a login may follow, without counting one.
   * @throws LoginBudgetError when the budget is spent.
   */
  async assertLeft(machineId: string): Promise<void> {
    this.#assertNotSpent((await this.#read()).ages, machineId)
  }

  /**
   * Counts one login. To be called right before it.
   * @throws LoginBudgetError when the budget is spent; nothing is counted then.
   */
  async take(machineId: string): Promise<void> {
    const { store } = this.#settings
    for (;;) {
      const { ages, version } = await this.#read()
      this.#assertNotSpent(ages, machineId)
      const value = toJsonState({ keptMs: this.#keptMs, ages: [0, ...ages] })
      const written = await store.setState(this.#key, value, { ifVersion: version, expiresInMs: this.#keptMs })
      if (written !== undefined) return
    }
  }

  /** Reads the ages of the logins that still count, youngest first. */
  async #read(): Promise<{ ages: number[]; version: number }> {
    const stored = await getJsonState(this.#settings.store, this.#key, windowSchema)
    if (stored?.value === undefined) return { ages: [], version: stored?.version ?? 0 }
    const { keptMs, ages } = stored.value
    const elapsedMs = Math.max(0, keptMs - (stored.expiresInMs ?? 0))
    return { ages: ages.map((age) => age + elapsedMs).filter((age) => age < this.#keptMs), version: stored.version }
  }

  /**
   * Refuses a spent budget. Waits are spread, so that chance and not an id says whose turn is next.
   */
  #assertNotSpent(ages: readonly number[], machineId: string): void {
    const { budget, random } = this.#settings
    const inTheWay = ages[budget.logins - 1]
    if (inTheWay === undefined) return
    const spreadMs = random() * Math.min(SPREAD_MS, budget.windowMs / budget.logins)
    throw new LoginBudgetError(machineId, budget, Math.ceil(this.#keptMs - inTheWay + spreadMs))
  }
}

const countTo = (max: number) =>
  z
    .int(`must be a whole number from 1 to ${max}`)
    .min(1, `must be a whole number from 1 to ${max}`)
    .max(max, `must be a whole number from 1 to ${max}`)

/** Reads the option `loginBudget`. */
export const loginBudgetSchema = z.strictObject({ logins: countTo(10_000), windowMs: countTo(86_400_000) })

const settingsSchema = z.strictObject({
  store: methodsSchema(['getState', 'setState'], 'must be a storage instance'),
  budget: z.unknown().optional(),
  key: z.string().optional(),
  timeoutMs: z.number().min(0),
  random: functionSchema(),
} satisfies Record<keyof LoginBudgetSettings, z.ZodType>)
