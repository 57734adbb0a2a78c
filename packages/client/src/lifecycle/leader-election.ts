import { randomUUID } from 'node:crypto'
import { type StateStore, stateKeys } from '@cscapi/core'

/**
 * Takes and leaves the one place of a leader that a store has. A leader that dies leaves it when
 * `holdMs` is over, on the store's clock.
 */
export class LeaderPlace {
  readonly #state: StateStore
  readonly #holdMs: number
  readonly #holder = new TextEncoder().encode(randomUUID())
  #version: number | undefined

  constructor(state: StateStore, holdMs: number) {
    this.#state = state
    this.#holdMs = holdMs
  }

  /** Takes the place if it is free; says whether this process leads now. */
  async take(): Promise<boolean> {
    this.#version = await this.#state.setState(stateKeys.schedulerLeader, this.#holder, {
      ifVersion: 0,
      expiresInMs: this.#holdMs,
    })
    return this.#version !== undefined
  }

  /** Holds the place for `holdMs` from now; false when it was lost. */
  async renew(): Promise<boolean> {
    const ifVersion = this.#version
    if (ifVersion === undefined) return false
    this.#version = await this.#state.setState(stateKeys.schedulerLeader, this.#holder, {
      ifVersion,
      expiresInMs: this.#holdMs,
    })
    return this.#version !== undefined
  }

  /** Leaves the place to the next one. */
  async leave(): Promise<void> {
    const ifVersion = this.#version
    this.#version = undefined
    if (ifVersion !== undefined) await this.#state.setState(stateKeys.schedulerLeader, undefined, { ifVersion })
  }
}
