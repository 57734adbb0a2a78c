import type { Machine } from '@cscapi/core'
import type { SignalStatus } from '../../../src/index.js'

/** A row of `machines`. Instants are epoch milliseconds. */
export interface MachineRow {
  readonly machineId: string
  /** What `createMachine` and `updateMachine` wrote. */
  password: string | undefined
  registered: boolean
  authFailures: number
  token: { value: string; scenarios: readonly string[]; expiresAt: number | undefined; putAt: number } | undefined
  failing: (Pick<NonNullable<Machine['failing']>, 'reason' | 'message' | 'count'> & { since: number }) | undefined
  failingUntil: number
  failingPutAt: number
  /** `undefined` while it is asleep. */
  dueAt: number | undefined
  putAt: number
  leaseToken: string | undefined
  leaseUntil: number
  /** The last signal that the lease covers. */
  leaseLast: number
  attempts: number
  attemptsSince: number
  sent: number
}

/** A row of `signals`. */
export interface SignalRow {
  readonly id: number
  readonly machineId: string
  readonly uuid: string
  readonly payload: string
  status: SignalStatus
  changedAt: number
  reason?: string
  httpStatus?: number | undefined
}

export interface StateRow {
  readonly value: Uint8Array
  readonly version: number
  readonly expiresAt: number | undefined
  readonly putAt: number
}

/** Three tables, and a counter for ids and versions. */
export class Tables {
  readonly machines = new Map<string, MachineRow>()
  signals: SignalRow[] = []
  readonly state = new Map<string, StateRow>()
  sentByDeleted = 0
  #last = 0

  next(): number {
    this.#last += 1
    return this.#last
  }

  machine(machineId: string): MachineRow {
    const row: MachineRow = this.machines.get(machineId) ?? {
      machineId,
      password: undefined,
      registered: false,
      authFailures: 0,
      token: undefined,
      failing: undefined,
      failingUntil: 0,
      failingPutAt: 0,
      dueAt: undefined,
      putAt: 0,
      leaseToken: undefined,
      leaseUntil: 0,
      leaseLast: 0,
      attempts: 0,
      attemptsSince: 0,
      sent: 0,
    }
    this.machines.set(machineId, row)
    return row
  }
}
