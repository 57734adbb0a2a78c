import * as z from 'zod'
import { SERVER_WIDE_UNAUTHORIZED } from '../capi/decide.js'
import type { Clock } from '../clock.js'
import { getJsonState, toJsonState } from '../state/json-state.js'
import { stateKeys } from '../state/keys.js'
import type { StateStore } from '../state/state-store.js'

const { unauthorizedMachines: ROW, unauthorizedStops: STOPS } = stateKeys
const REMEMBER_MS = 24 * 3_600_000
/** How long this process takes the row to be ended without a look, in milliseconds. */
const LOOK_AGAIN_MS = 10_000

const rowSchema = z.array(z.string())
const stopsSchema = z.int().min(0)

/**
 * The machines in a row that a fresh token did not help. It lives in the store: a program that
 * makes a new client for each run would never see three of them else.
 */
export class UnauthorizedRow {
  readonly #state: StateStore
  readonly #clock: Pick<Clock, 'now'>
  /** When this process saw last that there is no row; another one may have begun one since. */
  #endedAt: number | undefined

  constructor(state: StateStore, clock: Pick<Clock, 'now'>) {
    this.#state = state
    this.#clock = clock
  }

  /** Adds a machine, and says how many there are; no more than matter are remembered. */
  async add(machineId: string): Promise<number> {
    this.#endedAt = undefined
    for (;;) {
      const stored = await getJsonState(this.#state, ROW, rowSchema)
      const row = stored?.value ?? []
      if (row.includes(machineId) || row.length >= SERVER_WIDE_UNAUTHORIZED) return row.length
      const options = { ifVersion: stored?.version ?? 0, expiresInMs: REMEMBER_MS }
      const written = await this.#state.setState(ROW, toJsonState([...row, machineId]), options)
      if (written !== undefined) return row.length + 1
    }
  }

  /** Counts one more run that ended because of the row, and says how many did before it. */
  async countStop(): Promise<number> {
    for (;;) {
      const stored = await getJsonState(this.#state, STOPS, stopsSchema)
      const before = stored?.value ?? 0
      const options = { ifVersion: stored?.version ?? 0, expiresInMs: REMEMBER_MS }
      const written = await this.#state.setState(STOPS, toJsonState(before + 1), options)
      if (written !== undefined) return before
    }
  }

  /** A token was accepted. Costs a look at the store now and then. */
  async end(): Promise<void> {
    const now = this.#clock.now()
    if (this.#endedAt !== undefined && Math.abs(now - this.#endedAt) < LOOK_AGAIN_MS) return
    this.#endedAt = now
    for (const key of [ROW, STOPS]) {
      if ((await this.#state.getState(key)) !== undefined) await this.#state.setState(key, undefined)
    }
  }
}
