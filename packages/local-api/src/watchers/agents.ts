import { randomBytes } from 'node:crypto'
import type { StateStore } from '@cscapi/client'
import { InputError, lazily, printable } from '@cscapi/signals'
import * as z from 'zod'
import { stateKeys } from '../state-keys.js'
import { StoredJson } from '../stored-json.js'
import { hashPassword, isPasswordOf } from './passwords.js'

/** A machine that finds attacks, as engines call it. */
export interface AgentInfo {
  readonly name: string
  /** Until it is, it cannot log in. */
  readonly isApproved: boolean
  /** Epoch milliseconds. */
  readonly createdAt: number
}

const schema = lazily(() =>
  z.array(z.object({ name: z.string(), hash: z.string(), isApproved: z.boolean(), createdAt: z.number() })),
)
type StoredAgent = z.infer<ReturnType<typeof schema>>[number]

/** What asked to be let in and was forgotten. */
const MOST_WAITING = 1_000
const NAME = /^[\w.@:-]{1,255}$/

/** What a login found. */
export type LoginResult = 'ok' | 'wrong' | 'waiting'

/** The agents of a store: their passwords are kept as hashes. */
export class Agents {
  readonly #stored: StoredJson<StoredAgent[]>
  readonly #now: () => number

  /** `storage` must be open. */
  constructor(storage: StateStore, options: { readonly now?: () => number } = {}) {
    this.#stored = new StoredJson(storage, stateKeys.agents, schema(), [])
    this.#now = options.now ?? Date.now
  }

  /**
   * Makes an agent that may log in, and gives its password, which nobody can read again.
   * @throws InputError for a name that is taken, or none; for a password of less than 8 characters
   */
  async add(name: string, options: { readonly password?: string } = {}): Promise<string> {
    const { password = randomBytes(32).toString('base64url') } = options
    if (!(await this.register(name, password, true))) throw refused('name', name, 'must not be taken')
    return password
  }

  /**
   * Adds an agent, approved or waiting. False when the name is taken.
   * @throws InputError
   */
  async register(name: string, password: string, isApproved: boolean): Promise<boolean> {
    if (typeof name !== 'string' || !NAME.test(name))
      throw refused('name', name, 'must be 1 to 255 letters, digits or "_.@:-"')
    if (typeof password !== 'string' || password.length < 8 || password.length > 1_024)
      throw refused('password', '(hidden)', 'must have 8 to 1024 characters')
    const one = { name, hash: await hashPassword(password), isApproved, createdAt: this.#now() }
    let isNew = false
    await this.#stored.update((all) => {
      isNew = all.every((other) => other.name !== name)
      if (!isNew) return all
      const waiting = all.filter((other) => !other.isApproved)
      const forgotten = !isApproved && waiting.length >= MOST_WAITING ? waiting[0] : undefined
      return [...all.filter((other) => other !== forgotten), one]
    })
    return isNew
  }

  /** Lets an agent log in that has asked for it. False when there is none of that name. */
  async approve(name: string): Promise<boolean> {
    let isKnown = false
    await this.#stored.update((all) => {
      isKnown = all.some((one) => one.name === name)
      return all.map((one) => (one.name === name ? { ...one, isApproved: true } : one))
    })
    return isKnown
  }

  /** Its tokens are refused from now on, too. False when there is none of that name. */
  async remove(name: string): Promise<boolean> {
    let isKnown = false
    await this.#stored.update((all) => {
      isKnown = all.some((one) => one.name === name)
      return all.filter((one) => one.name !== name)
    })
    return isKnown
  }

  /** All of them, in the order in which they came. */
  async list(): Promise<AgentInfo[]> {
    return (await this.#stored.read()).map(({ name, isApproved, createdAt }) => ({ name, isApproved, createdAt }))
  }

  /** Whether one of that name may come in with a token that it was given. */
  async isKnown(name: string): Promise<boolean> {
    return (await this.#stored.read()).some((one) => one.name === name && one.isApproved)
  }

  /** Takes as long for a name that is not known. */
  async verify(name: string, password: string): Promise<LoginResult> {
    const found = (await this.#stored.read()).find((one) => one.name === name)
    if (!(await isPasswordOf(found?.hash, password))) return 'wrong'
    return found?.isApproved === true ? 'ok' : 'waiting'
  }
}

function refused(path: string, value: unknown, rule: string): InputError {
  return new InputError('No agent was made', [{ path, value: printable(value), rule }])
}
