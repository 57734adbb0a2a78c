import { CLIENT_NAMES, CscapiError, isCscapiError, readOptions } from '@cscapi/signals'
import * as z from 'zod'
import type { Capi } from '../capi/capi.js'
import { type DecideContext, decide, type Outcome } from '../capi/decide.js'
import type { Clock } from '../clock.js'
import { CapiResponseError, StorageError } from '../errors.js'
import { functionSchema, methodsSchema, milliseconds } from '../option-schemas.js'
import { extendPause, pausedError, readPause } from '../state/pause.js'
import { withStateLock } from '../state/state-lock.js'
import type { StateStore } from '../state/state-store.js'
import { assertNotFailing, failingError } from './failing.js'
import { LoginBudget, type LoginBudgetOptions, loginBudgetSchema } from './login-budget.js'
import { assertMachineId } from './machine-id.js'
import type { FailingReason, Machine, MachinePatch, MachineStore } from './machine-store.js'
import { generatePassword } from './password.js'
import { isShortLived, type TokenWish, usableToken } from './stored-token.js'
import { UnauthorizedRow } from './unauthorized-streak.js'
import { tokenFlaw } from './usable-token.js'

/**
 * Logins of one machine whose tokens do not last: so many more in any such stretch, however often
 * CAPI refuses what it has just issued.
 */
const REPEATED_LOGINS: LoginBudgetOptions = { logins: 5, windowMs: 50 * 60_000 }

export interface MachineAuthenticatorOptions {
  readonly capi: Pick<Capi, 'register' | 'login' | 'baseUrl'>
  readonly store: MachineStore & StateStore
  /** Sent at every login that asks for no other set. */
  readonly scenarios: readonly string[]
  readonly clock: Clock
  /** From 0 (inclusive) to 1. */
  readonly random: () => number
  /** How long one CAPI call may take, in milliseconds; the login lock is held for two of them. */
  readonly timeoutMs: number
  /**
   * How early a token counts as expired, in milliseconds, but never more than half of its lifetime.
   */
  readonly latencyOffsetMs: number
  readonly retryDelayMs: number
  readonly maxRetryDelayMs: number
  readonly allowLongMachineIds?: boolean
  /** Shared by every process of the store. Default: no bound. */
  readonly loginBudget?: LoginBudgetOptions
  /** Called after every login that CAPI accepted. */
  readonly onLogin?: (machineId: string) => void
  /**
   * Called after the store was told that a machine is left alone for `retryAfterMs` milliseconds.
   */
  readonly onFailing?: (machineId: string, failing: FailingNote) => void
  /**
   * Called after a stored token was dropped because no request can carry it; `flaw` says why not.
   */
  readonly onTokenDropped?: (machineId: string, flaw: string) => void
}

const optionsSchema = z.strictObject({
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
  onTokenDropped: functionSchema().optional(),
} satisfies Record<keyof MachineAuthenticatorOptions, z.ZodType>)

export interface FailingNote {
  readonly reason: FailingReason
  /** CAPI's message, if any. */
  readonly message: string | undefined
  readonly retryAfterMs: number
}

/**
 * A `refused` token costs a login unless the store has another one by now, and so does one that was
 * not issued for the `scenarios`. Only pulls care for these.
 */
export interface AuthenticateOptions extends TokenWish {
  /** The machine's row, where the caller has just read it. */
  readonly machine?: Machine | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Turns a machine id into a token: stores a password, registers, logs in, and hands out the stored
 * token as long as it is good. Any number of callers and processes may ask at once; per machine,
 * one of them logs in and the others get its token.
 */
export class MachineAuthenticator {
  readonly #options: MachineAuthenticatorOptions
  readonly #budget: LoginBudget | undefined
  readonly #unauthorized: UnauthorizedRow

  /** @throws InputError that lists every option that is wrong. */
  constructor(options: MachineAuthenticatorOptions) {
    readOptions('No machine can be authenticated', optionsSchema, options, { aliases: CLIENT_NAMES })
    this.#options = options
    this.#unauthorized = new UnauthorizedRow(options.store, options.clock)
    if (options.loginBudget !== undefined) {
      const { store, timeoutMs, random, loginBudget: budget } = options
      this.#budget = new LoginBudget({ store, timeoutMs, random, budget })
    }
  }

  /**
   * A token for the machine, from the store if it has a good one, else by registering (once) and
   * logging in.
   *
   * @throws InputError when the id is not one that CAPI accepts; nothing is stored then.
   * @throws CapiAuthError `credentials_refused`, `machine_id_taken`, `machine_refused`,
   * `register_refused` when CAPI refuses the machine, which is then left alone for 1 h doubling to
   * 24 h; `machine_failing` meanwhile.
   * @throws CapiForbiddenError `forbidden` when CAPI blocks this address (the store is paused
   * then), `paused` while it is.
   * @throws LoginBudgetError `login_budget_spent` when it takes a login and the budget allows none:
   * try again after `retryAfterMs`.
   * @throws CapiRateLimitError, CapiNetworkError, CapiTimeoutError, CapiResponseError,
   * CapiProtocolError when CAPI is in trouble: try again later.
   * @throws AbortedError, StorageError
   */
  async authenticate(machineId: string, options: AuthenticateOptions = {}): Promise<string> {
    const { store, allowLongMachineIds = false, clock, random, timeoutMs } = this.#options
    assertMachineId(machineId, { allowLongMachineIds })
    const known = options.machine ?? (await store.getMachine(machineId))
    const token = this.#usableToken(known, options)
    if (token !== undefined) return token
    assertNotFailing(known)
    if (known === undefined) await store.createMachine({ machineId, password: generatePassword() })
    const lock = { clock, random, holdMs: 2 * timeoutMs, waitMs: 5 * timeoutMs, signal: options.signal }
    return withStateLock(store, `login:${machineId}`, lock, async (renew) => {
      const machine = await store.getMachine(machineId)
      const fresh = this.#usableToken(machine, options)
      if (fresh !== undefined) return fresh
      assertNotFailing(machine)
      if (machine === undefined) throw deletedError(machineId)
      await this.#dropUnusable(machine)
      return this.#registerAndLogin(machine, options, renew)
    })
  }

  /** How many logins the budget leaves now; `undefined` without one. */
  async loginsLeft(): Promise<number | undefined> {
    return this.#budget?.left()
  }

  /** Whether the machine's row has a token that is handed out as it is, without a login. */
  hasToken(machine: Machine | undefined): boolean {
    return this.#usableToken(machine, {}) !== undefined
  }

  /** A call with this machine's token was answered 2xx. */
  async succeeded(machine: Pick<Machine, 'machineId' | 'authFailures' | 'failing'> | undefined): Promise<void> {
    await this.#unauthorized.end()
    if (machine === undefined || (machine.authFailures === 0 && machine.failing === undefined)) return
    await this.#options.store.updateMachine(machine.machineId, { authFailures: 0, failing: null })
  }

  /**
   * A call was answered 401 although its token was fresh, or asked for none: on `login` and
   * `register`. Counts it against the machine, unless the server answers everybody so: then the
   * outcome is `serverWide`.
   */
  async unauthorized(machineId: string, error: CscapiError, context: DecideContext): Promise<Outcome> {
    const { store } = this.#options
    const unauthorizedMachines = await this.#unauthorized.add(machineId)
    const machine = await store.getMachine(machineId)
    const authFailures = machine?.authFailures ?? 0
    const outcome = decide(error, {
      ...context,
      reauthenticated: true,
      authFailures,
      unauthorizedMachines,
      failingCount: machine?.failing?.count ?? 0,
    })
    if (machine === undefined) return outcome
    if (outcome.action === 'fail') await this.#apply(outcome, error, machineId)
    else if (outcome.action === 'postpone' && outcome.unauthorized && outcome.serverWide !== true) {
      await store.updateMachine(machineId, { authFailures: authFailures + 1 })
    }
    return outcome
  }

  /**
   * Counts one more run that ended because everybody is answered 401, and says how many did before
   * it; accepted tokens end the count.
   */
  countUnauthorizedStop(): Promise<number> {
    return this.#unauthorized.countStop()
  }

  /** Leaves the machine alone for as long as the outcome says. */
  async putAside(machineId: string, outcome: Extract<Outcome, { action: 'fail' }>, error: CscapiError): Promise<void> {
    await this.#apply(outcome, error, machineId)
  }

  #usableToken(machine: Machine | undefined, wish: TokenWish): string | undefined {
    return usableToken(machine?.token, wish, this.#options.latencyOffsetMs)
  }

  /** What no request can carry would keep its machine from sending for ever. */
  async #dropUnusable({ machineId, token }: Machine): Promise<void> {
    const flaw = token && tokenFlaw(token.value)
    if (flaw === undefined) return
    await this.#options.store.updateMachine(machineId, { token: null })
    this.#options.onTokenDropped?.(machineId, flaw)
  }

  /**
   * The bound of logins that come because the last one brought nothing lasting; those after a
   * natural end of a token have none.
   */
  #repeatedLogins({ machineId, token }: Machine, { refused }: AuthenticateOptions): LoginBudget | undefined {
    if (refused === undefined && (token === undefined || !isShortLived(token))) return undefined
    const { store, timeoutMs, random } = this.#options
    return new LoginBudget({ store, budget: REPEATED_LOGINS, timeoutMs, random, key: `logins:${machineId}` })
  }

  async #registerAndLogin(
    machine: Machine,
    options: AuthenticateOptions,
    renew: () => Promise<boolean>,
  ): Promise<string> {
    const { store } = this.#options
    const pause = await readPause(store)
    if (pause?.reason === 'forbidden') throw pausedError('POST /watchers/login', pause)
    // A machine that may not log in is not registered either: it would be registered again and
    // again while it waits.
    await this.#budget?.assertLeft(machine.machineId)
    const repeated = this.#repeatedLogins(machine, options)
    await repeated?.assertLeft(machine.machineId)
    let alreadyRegistered = false
    if (!machine.registered) {
      alreadyRegistered = await this.#register(machine, options.signal)
      if (!(await renew())) throw lockLostError(machine.machineId)
    }
    const token = await this.#login(machine, options, alreadyRegistered)
    await repeated?.take(machine.machineId)
    return token
  }

  /** Whether CAPI knew the id already. */
  async #register({ machineId, password, failing }: Machine, signal: AbortSignal | undefined): Promise<boolean> {
    const { capi, store } = this.#options
    try {
      await capi.register({ machineId, password }, { signal })
    } catch (error) {
      const context = { endpoint: 'register', failingCount: failing?.count ?? 0 } as const
      if (isCscapiError(error) && error.code === 'unauthorized') {
        await this.unauthorized(machineId, error, this.#policy(context))
        throw error
      }
      const outcome = this.#decide(error, context)
      if (outcome.action === 'login') return true
      throw await this.#apply(outcome, error, machineId)
    }
    await store.updateMachine(machineId, { registered: true })
    return false
  }

  async #login(machine: Machine, options: AuthenticateOptions, alreadyRegistered: boolean): Promise<string> {
    const { capi, store } = this.#options
    const { machineId, password, failing } = machine
    const scenarios = [...(options.scenarios ?? this.#options.scenarios)]
    await this.#budget?.take(machineId)
    try {
      const { token, lifetimeMs } = await capi.login({ machineId, password, scenarios }, { signal: options.signal })
      const patch: MachinePatch = { registered: true, token: { value: token, scenarios, lifetimeMs } }
      await store.updateMachine(machineId, failing ? { ...patch, failing: null } : patch)
      this.#options.onLogin?.(machineId)
      return token
    } catch (error) {
      const outcome = this.#decide(error, { endpoint: 'login', alreadyRegistered, failingCount: failing?.count ?? 0 })
      throw await this.#apply(outcome, error, machineId)
    }
  }

  #decide(error: unknown, context: Pick<DecideContext, 'endpoint' | 'alreadyRegistered' | 'failingCount'>): Outcome {
    return isCscapiError(error) ? decide(error, this.#policy(context)) : { action: 'raise' }
  }

  #policy<T extends Pick<DecideContext, 'endpoint'>>(context: T): T & DecideContext {
    const { random, retryDelayMs, maxRetryDelayMs } = this.#options
    return { ...context, retryDelayMs, maxRetryDelayMs, random: random() }
  }

  /**
   * Writes down what an outcome means for the machine or the store, and returns the error that
   * tells the caller.
   */
  async #apply(outcome: Outcome, error: unknown, machineId: string): Promise<unknown> {
    const message = messageOf(error)
    if (outcome.action === 'pause') {
      await extendPause(this.#options.store, { reason: 'forbidden', message, forMs: outcome.forMs })
    }
    if (outcome.action !== 'fail') return error
    const { reason, count, retryAfterMs } = outcome
    await this.#options.store.updateMachine(machineId, { failing: { reason, message, count, retryAfterMs } })
    this.#options.onFailing?.(machineId, { reason, message, retryAfterMs })
    return failingError(machineId, reason, { reason, message, retryAfterMs })
  }
}

/**
 * This process was away for longer than the lock lasts, and another one may be logging in by now.
 */
function lockLostError(machineId: string): CscapiError {
  const message = `Another process may be logging machine ${machineId} in by now, since this one took too long to register it; try again later`
  return new CscapiError('lock_busy', message, { retryable: true, machineId })
}

function messageOf(error: unknown): string | undefined {
  return error instanceof CapiResponseError ? error.serverMessage : undefined
}

function deletedError(machineId: string): StorageError {
  const details = { adapter: 'machines', operation: 'getMachine' }
  return new StorageError(
    'storage_conflict',
    `Machine ${machineId} was deleted while it was about to log in`,
    details,
    {
      machineId,
    },
  )
}
