import { type FailingReason, type Machine, readTokenClaims } from '@cscapi/core'

/** A machine as an operator sees it: no password, no token. Instants are epoch milliseconds. */
export interface MachineInfo {
  /** The id that CAPI knows it by. */
  readonly machineId: string
  /** CAPI has answered a register call, or a login, with 2xx. */
  readonly registered: boolean
  /** `undefined` unless CAPI refuses the machine, which is then left alone until `retryAt`. */
  readonly failing:
    | {
        readonly reason: FailingReason
        /** CAPI's message, if any. */
        readonly message: string | undefined
        /** How often in a row; the wait doubles with it. */
        readonly count: number
        readonly since: number
        readonly retryAt: number
      }
    | undefined
  /** 401 answers in a row that a fresh login did not cure; with the third the machine fails. */
  readonly authFailures: number
  /** `undefined` before the first login. */
  readonly token:
    | {
        /** Past once it has expired; `undefined` when CAPI did not say. */
        readonly expiresAt: number | undefined
        /** Those of the login that issued it. */
        readonly scenarios: readonly string[]
      }
    | undefined
  /**
   * Whether the token says that the machine belongs to a console account: shows in the first token
   * after the enrolment was accepted there. `undefined` without a token.
   */
  readonly enrolled: boolean | undefined
  /** As the token has it: `COMMUNITY`, `SECOPS`, `ENTERPRISE`. */
  readonly subscriptionType: string | undefined
}

/** Leaves secrets out; `now` is when the machine was read. */
export function infoOf({ machineId, registered, failing, authFailures, token }: Machine, now: number): MachineInfo {
  const claims = token === undefined ? undefined : readTokenClaims(token.value)
  return {
    machineId,
    registered,
    failing: failing && {
      reason: failing.reason,
      message: failing.message,
      count: failing.count,
      since: now - failing.sinceMs,
      retryAt: now + failing.retryInMs,
    },
    authFailures,
    token: token && {
      expiresAt: token.expiresInMs === undefined ? undefined : now + token.expiresInMs,
      scenarios: token.scenarios,
    },
    enrolled: claims && claims.organizationId !== undefined,
    subscriptionType: printableWord(claims?.subscriptionType),
  }
}

/** A claim is outside data: what is no plain word is not shown. */
function printableWord(text: string | undefined): string | undefined {
  return text !== undefined && /^[\w-]{1,64}$/.test(text) ? text : undefined
}
