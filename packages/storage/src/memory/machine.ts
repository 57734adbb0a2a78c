import type { Machine } from '@cscapi/core'
import { ageMs, type Deadline, remainingMs } from '../instant.js'

/** A machine's credentials, with instants where the port has durations. */
export interface Credentials {
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

export function toMachine(credentials: Credentials, now: number): Machine {
  const { machineId, password, registered, authFailures, token, failing } = credentials
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
