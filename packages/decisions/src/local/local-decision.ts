import { InputError, IpNetwork, isAddressScope, printable } from '@cscapi/signals'
import type { ActiveDecision } from '../lookup/active-decision.js'

/** A decision of our own: added by hand or for an alert, beside what CAPI and the lists say. */
export interface LocalDecision extends ActiveDecision {
  /** 1 and up; never given twice. */
  readonly id: number
  /** Given with it, or made for it. */
  readonly uuid: string
  /** Epoch milliseconds. */
  readonly createdAt: number
}

/** What a {@link LocalDecision} is made of. */
export interface NewLocalDecision {
  /** An address, a CIDR range, or a value of another scope. */
  readonly value: string
  /** Default: `Ip` or `Range`, as the value is. */
  readonly scope?: string | undefined
  /** Default `ban`. */
  readonly remediation?: string | undefined
  /** Why, for people: a scenario or a sentence. */
  readonly reason: string
  /** Who decided. Default `cscapi`; `crowdsec`, `cscli`, … from engines. */
  readonly origin?: string | undefined
  /** Epoch milliseconds, in the future. */
  readonly expiresAt: number
  /** Default: a new one. One that is there already adds nothing. */
  readonly uuid?: string | undefined
}

const LONGEST_TEXT = 1_024
const NETWORK = new IpNetwork()
const NOTHING_ADDED = 'No decision was added'
const SCOPES = new Map(['Ip', 'Range', 'Country', 'AS'].map((scope) => [scope.toLowerCase(), scope]))

/** A scope as the engine writes it, whatever its case; scopes that it does not know as they came. */
export const normalScope = (scope: string) => SCOPES.get(scope.toLowerCase()) ?? scope

/** A value as lists of decisions have it: addresses and ranges canonical, others trimmed. */
export function canonicalValue(scope: string, value: string): string | undefined {
  if (!isAddressScope(scope)) return value.trim() === '' ? undefined : value.trim()
  return NETWORK.read(value.trim()) ? NETWORK.toString() : undefined
}

/** Why a decision cannot be added; `undefined` if it can. */
export function newDecisionIssue(given: NewLocalDecision, now: number): string | undefined {
  try {
    readNewDecision(given, now)
    return undefined
  } catch (error) {
    if (error instanceof InputError)
      return error.issues.map(({ path, value: what, rule }) => `${path} ${rule} (got ${what})`).join('; ')
    throw error
  }
}

/** @throws InputError that names what is wrong with it */
export function readNewDecision(given: NewLocalDecision, now: number): ActiveDecision {
  const { value, reason, expiresAt, remediation = 'ban', origin = 'cscapi' } = given
  const refuse = (path: string, what: unknown, rule: string) =>
    new InputError(NOTHING_ADDED, [{ path, value: printable(what), rule }])
  for (const [path, text] of Object.entries({ value, reason, remediation, origin, scope: given.scope ?? 'Ip' })) {
    if (typeof text !== 'string' || text.trim() === '' || text.length > LONGEST_TEXT)
      throw refuse(path, text, `must be text of 1 to ${LONGEST_TEXT} characters`)
  }
  const scope = normalScope(given.scope ?? (value.includes('/') ? 'Range' : 'Ip'))
  const canonical = canonicalValue(scope, value)
  if (canonical === undefined) throw refuse('value', value, 'must be an address or a CIDR range, as its scope says')
  if (!Number.isFinite(expiresAt) || expiresAt <= now)
    throw refuse('duration', given.expiresAt, 'must end in the future')
  return { value: canonical, scope, remediation, reason, origin, expiresAt }
}
