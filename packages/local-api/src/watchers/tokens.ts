import { randomBytes } from 'node:crypto'
import type { StateStore } from '@cscapi/client'
import { sign, verify } from 'hono/jwt'
import { stateKeys } from '../state-keys.js'

/** Clients renew 5 minutes before, and watchers do not log in again after a 401. 1 hour. */
const LIFETIME_S = 3_600
const SECRET_BYTES = 64

export interface IssuedToken {
  readonly token: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/** Tokens of agents (HS256). Their secret is in the store: a restart voids none. */
export class Tokens {
  readonly #state: StateStore | undefined
  readonly #now: () => number
  #secret: Promise<string> | undefined

  constructor(state: StateStore | undefined, now: () => number) {
    this.#state = state
    this.#now = now
  }

  async issue(agent: string): Promise<IssuedToken> {
    const issued = Math.floor(this.#now() / 1_000)
    const exp = issued + LIFETIME_S
    const token = await sign({ id: agent, orig_iat: issued, exp }, await this.#getSecret(), 'HS256')
    return { token, expiresAt: exp * 1_000 }
  }

  /** The agent of a token; what is wrong with it otherwise. */
  async read(token: string): Promise<{ readonly agent: string } | { readonly wrong: string }> {
    const secret = await this.#getSecret()
    // Its end is looked at by our clock, which may be another one than the host's.
    const checked = { alg: 'HS256', exp: false, nbf: false, iat: false } as const
    const claims = await verify(token, secret, checked).catch(() => undefined)
    if (claims === undefined) return { wrong: 'signature is invalid' }
    const { id, exp } = claims
    if (typeof id !== 'string' || typeof exp !== 'number') return { wrong: 'token has invalid claims' }
    return exp * 1_000 > this.#now() ? { agent: id } : { wrong: 'token is expired' }
  }

  async #getSecret(): Promise<string> {
    this.#secret ??= this.#readSecret()
    try {
      return await this.#secret
    } catch (error) {
      this.#secret = undefined
      throw error
    }
  }

  async #readSecret(): Promise<string> {
    const fresh = randomBytes(SECRET_BYTES)
    if (this.#state === undefined) return fresh.toString('hex')
    await this.#state.setState(stateKeys.tokenSecret, fresh, { ifVersion: 0 })
    const stored = await this.#state.getState(stateKeys.tokenSecret)
    return Buffer.from(stored?.value ?? fresh).toString('hex')
  }
}
