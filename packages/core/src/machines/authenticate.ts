import { CLIENT_NAMES, CscapiError, isCscapiError, readOptions } from '@cscapi/signals'
import { StorageError } from '../errors.js'
import { stateKeys } from '../state/keys.js'
import { pausedError, readPause } from '../state/pause.js'
import { withStateLock } from '../state/state-lock.js'
import { Outcomes } from './act-on-outcome.js'
import {
  type AuthenticateOptions,
  authenticatorOptionsSchema,
  type MachineAuthenticatorOptions,
} from './authenticator-options.js'
import { assertNotFailing } from './failing.js'
import { logIn } from './log-in.js'
import { LoginBudget, type LoginBudgetOptions } from './login-budget.js'
import { assertMachineId } from './machine-id.js'
import type { Machine } from './machine-store.js'
import { generatePassword } from './password.js'
import type { Refused } from './refused.js'
import { registerMachine } from './register.js'
import { tokenFlaw } from './token-flaw.js'
import { isShortLived, type TokenWish, usableToken } from './usable-token.js'

/**
 * Logins of one machine whose tokens do not last: so many more in any such stretch, however often
 * CAPI refuses what it has just issued.
 */
const REPEATED_LOGINS: LoginBudgetOptions = { logins: 5, windowMs: 50 * 60_000 }

/** A machine's token, or why it gets none now and what has been decided about that. */
export type Authentication = { readonly token: string } | Refused

/**
 * Turns a machine id into a token: stores a password, registers, logs in, and hands out the stored
 * token as long as it is good. Any number of callers and processes may ask at once; per machine,
 * one of them logs in and the others get its token.
 */
export class MachineAuthenticator {
  readonly #options: MachineAuthenticatorOptions
  readonly #budget: LoginBudget | undefined
  /** Acts on what became of calls, logins and registrations among them. */
  readonly outcomes: Outcomes

  /** @throws InputError that lists every option that is wrong. */
  constructor(options: MachineAuthenticatorOptions) {
    readOptions('No machine can be authenticated', authenticatorOptionsSchema(), options, { aliases: CLIENT_NAMES })
    this.#options = options
    this.outcomes = new Outcomes(options)
    if (options.loginBudget !== undefined) {
      const { store, timeoutMs, random, loginBudget: budget } = options
      this.#budget = new LoginBudget({ store, timeoutMs, random, budget })
    }
  }

  /**
   * Gets a token for the machine: from the store if it has a good one, else by registering (once)
   * and logging in.
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
    const answer = await this.tryToAuthenticate(machineId, options)
    if (answer.token === undefined) throw answer.error
    return answer.token
  }

  /**
   * Does what {@link authenticate} does, for callers who go by what was decided: whatever CAPI or
   * the policy refuses comes back with its outcome, which has been written down.
   *
   * @throws InputError, AbortedError, StorageError
   */
  async tryToAuthenticate(machineId: string, options: AuthenticateOptions = {}): Promise<Authentication> {
    try {
      return await this.#authenticate(machineId, options)
    } catch (error) {
      if (!isCscapiError(error)) throw error
      return this.#unasked(error, machineId, options)
    }
  }

  /** Says how many logins the budget leaves now; `undefined` without one. */
  async loginsLeft(): Promise<number | undefined> {
    return this.#budget?.left()
  }

  /** Whether the store's token of the machine is handed out as it is, without a login. */
  hasToken(machine: Machine | undefined): boolean {
    return this.#usableToken(machine, {}) !== undefined
  }

  async #authenticate(machineId: string, options: AuthenticateOptions): Promise<Authentication> {
    const { store, allowLongMachineIds = false, clock, random, timeoutMs } = this.#options
    assertMachineId(machineId, { allowLongMachineIds })
    const known = options.machine ?? (await store.getMachine(machineId))
    const token = this.#usableToken(known, options)
    if (token !== undefined) return { token }
    assertNotFailing(known)
    if (known === undefined) await store.createMachine({ machineId, password: generatePassword() })
    const lock = { clock, random, holdMs: 2 * timeoutMs, waitMs: 5 * timeoutMs, signal: options.signal }
    return withStateLock(store, stateKeys.loginLock(machineId), lock, async (renew) => {
      const machine = await store.getMachine(machineId)
      const fresh = this.#usableToken(machine, options)
      if (fresh !== undefined) return { token: fresh }
      assertNotFailing(machine)
      if (machine === undefined) throw deletedError(machineId)
      await this.#dropUnusable(machine)
      return this.#registerAndLogIn(machine, options, renew)
    })
  }

  /** Nobody asked CAPI: a lock, a budget, a pause or a machine that is failing was in the way. */
  async #unasked(error: CscapiError, machineId: string, { attempts = 0 }: AuthenticateOptions): Promise<Refused> {
    const outcome = await this.outcomes.conclude(error, { endpoint: 'login', machineId, attempts })
    if (outcome.action === 'raise') throw error
    return { error, outcome, wasAsked: false }
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
   * Gives the bound of logins that come because the last one brought nothing lasting; those after a
   * natural end of a token have none.
   */
  #repeatedLogins({ machineId, token }: Machine, { refused }: AuthenticateOptions): LoginBudget | undefined {
    if (refused === undefined && (token === undefined || !isShortLived(token))) return undefined
    const { store, timeoutMs, random } = this.#options
    return new LoginBudget({
      store,
      budget: REPEATED_LOGINS,
      timeoutMs,
      random,
      key: stateKeys.repeatedLogins(machineId),
    })
  }

  async #registerAndLogIn(
    machine: Machine,
    options: AuthenticateOptions,
    renew: () => Promise<boolean>,
  ): Promise<Authentication> {
    const { store, onLogin } = this.#options
    const { machineId } = machine
    const pause = await readPause(store)
    if (pause?.reason === 'forbidden') throw pausedError('POST /watchers/login', pause)
    // A machine that may not log in is not registered either: it would be registered again and
    // again while it waits.
    await this.#budget?.assertLeft(machineId)
    const repeated = this.#repeatedLogins(machine, options)
    await repeated?.assertLeft(machineId)
    const { attempts, signal, capi = this.#options.capi } = options
    const calls = { capi, store, outcomes: this.outcomes, attempts, signal }
    let alreadyRegistered = false
    if (!machine.registered) {
      const registration = await registerMachine(machine, calls)
      if ('error' in registration) return registration
      alreadyRegistered = registration.alreadyRegistered
      if (!(await renew())) throw lockLostError(machineId)
    }
    await this.#budget?.take(machineId)
    const scenarios = [...(options.scenarios ?? this.#options.scenarios)]
    const login = await logIn(machine, calls, { scenarios, alreadyRegistered })
    if (login.token === undefined) return login
    onLogin?.(machineId)
    await repeated?.take(machineId)
    return login
  }
}

/**
 * This process was away for longer than the lock lasts, and another one may be logging in by now.
 */
function lockLostError(machineId: string): CscapiError {
  const message = `Another process may be logging machine ${machineId} in by now, since this one took too long to register it; try again later`
  return new CscapiError('lock_busy', message, { retryable: true, machineId })
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
