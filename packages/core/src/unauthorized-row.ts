import { z } from 'zod'
import { SERVER_WIDE_UNAUTHORIZED } from './decide.js'
import { getJsonState, toJsonState } from './json-state.js'
import type { StateStore } from './state-store.js'

const KEY = 'unauthorized'
const REMEMBER_MS = 24 * 3_600_000

const rowSchema = z.array(z.string())

/**
 * The machines in a row that a fresh token did not help. It lives in the store: a program that makes a new client for each run would never see three of them else.
 */
export class UnauthorizedRow {
  readonly #state: StateStore
  /** Whether the row ended as far as this process knows. Another one that lengthens it ends it, too. */
  #isEnded = false

  constructor(state: StateStore) {
    this.#state = state
  }

  /** Adds a machine, and says how many there are; no more than matter are remembered. */
  async add(machineId: string): Promise<number> {
    this.#isEnded = false
    for (;;) {
      const stored = await getJsonState(this.#state, KEY, rowSchema)
      const row = stored?.value ?? []
      if (row.includes(machineId) || row.length >= SERVER_WIDE_UNAUTHORIZED) return row.length
      const options = { ifVersion: stored?.version ?? 0, expiresInMs: REMEMBER_MS }
      const written = await this.#state.setState(KEY, toJsonState([...row, machineId]), options)
      if (written !== undefined) return row.length + 1
    }
  }

  /** A token was accepted. Costs one look at the store for each client, and for each row that it saw. */
  async end(): Promise<void> {
    if (this.#isEnded) return
    this.#isEnded = true
    if ((await this.#state.getState(KEY)) !== undefined) await this.#state.setState(KEY, undefined)
  }
}
