import { type Machine, type MachinePatch, type NewMachine, StorageError } from '@cscapi/core'
import { ageMs, type Deadline, deadlineIn, remainingMs } from '../instant.js'

interface Credentials {
  readonly machineId: string
  password: string
  registered: boolean
  token: { value: string; scenarios: readonly string[]; expires: Deadline | undefined } | undefined
  authFailures: number
  failing:
    | {
        reason: NonNullable<Machine['failing']>['reason']
        message: string | undefined
        count: number
        since: number
        retry: Deadline
      }
    | undefined
}

/** Machines by id, with instants where the port has durations. */
export class MemoryMachines {
  readonly #machines = new Map<string, Credentials>()

  get(machineId: string, now: number): Machine | undefined {
    const machine = this.#machines.get(machineId)
    return machine && toMachine(machine, now)
  }

  create({ machineId, password }: NewMachine): void {
    if (this.#machines.has(machineId)) return
    const machine = { machineId, password, registered: false, token: undefined, authFailures: 0, failing: undefined }
    this.#machines.set(machineId, machine)
  }

  update(machineId: string, patch: MachinePatch, now: number): void {
    const machine = this.#machines.get(machineId)
    if (machine === undefined) {
      const details = { adapter: 'memory', operation: 'updateMachine' }
      throw new StorageError('storage_conflict', `There is no machine ${machineId}`, details)
    }
    if (patch.password !== undefined) machine.password = patch.password
    if (patch.registered) machine.registered = true
    if (patch.authFailures !== undefined) machine.authFailures = patch.authFailures
    if (patch.token !== undefined) {
      machine.token =
        patch.token === null
          ? undefined
          : {
              value: patch.token.value,
              scenarios: [...patch.token.scenarios],
              expires: patch.token.lifetimeMs === undefined ? undefined : deadlineIn(patch.token.lifetimeMs, now),
            }
    }
    if (patch.failing === null) machine.failing = undefined
    else if (patch.failing !== undefined) {
      const { reason, message, count, retryAfterMs } = patch.failing
      const since = Math.min(machine.failing?.since ?? now, now)
      machine.failing = { reason, message, count, since, retry: deadlineIn(retryAfterMs, now) }
    }
  }

  delete(machineId: string): boolean {
    return this.#machines.delete(machineId)
  }

  ids(): IterableIterator<string> {
    return this.#machines.keys()
  }

  isFailing(machineId: string): boolean {
    return this.#machines.get(machineId)?.failing !== undefined
  }
}

function toMachine(machine: Credentials, now: number): Machine {
  const { machineId, password, registered, authFailures, token, failing } = machine
  return {
    machineId,
    password,
    registered,
    authFailures,
    token: token && {
      value: token.value,
      scenarios: token.scenarios,
      expiresInMs: token.expires && remainingMs(token.expires, now),
    },
    failing: failing && {
      reason: failing.reason,
      message: failing.message,
      count: failing.count,
      sinceMs: ageMs(failing.since, now),
      retryInMs: remainingMs(failing.retry, now),
    },
  }
}
