import { createHash } from 'node:crypto'
import { type HeldDecision, normalScope } from '@cscapi/decisions'

/** A decision in the names of the protocol. */
export interface WireNames {
  readonly origin: string
  readonly scenario: string
  readonly scope: string
  readonly type: string
  readonly value: string
}

const LIST = 'lists:'

/** Of a list, the origin is `lists` and the scenario its name: clients make `lists:NAME` of it. */
export function wireNames({ origin, reason, scope, remediation, value }: HeldDecision): WireNames {
  const isList = origin.startsWith(LIST)
  return {
    origin: isList ? LIST.slice(0, -1) : origin,
    scenario: isList ? origin.slice(LIST.length) : reason,
    scope: normalScope(scope),
    type: remediation,
    value,
  }
}

/** Whole seconds that are left, rounded up; 0 for less than one: bouncers take 0 s for ever. */
export function secondsLeft(expiresAt: number, now: number): number {
  const left = expiresAt - now
  return left < 1_000 ? 0 : Math.ceil(left / 1_000)
}

/** `72h0m0s`, `0h0m45s`: all three parts, which every client's parser reads. */
export function wireDuration(seconds: number): string {
  const rest = Math.abs(seconds)
  const sign = seconds < 0 ? '-' : ''
  return `${sign}${Math.floor(rest / 3_600)}h${Math.floor((rest % 3_600) / 60)}m${rest % 60}s`
}

/** Ids of local decisions are below it. */
const FIRST_DRAWN_ID = 2 ** 32
const DRAWN_IDS = 2 ** 53 - FIRST_DRAWN_ID

/**
 * A number below 2^53 that names an entry as long as it lives, in this process and the next one:
 * drawn from what it says, since CAPI's have none.
 */
export function idOf({ id, origin, scope, remediation, value }: HeldDecision): number {
  if (id !== undefined) return id
  const digest = createHash('sha1').update(`${origin}\0${scope}\0${remediation}\0${value}`).digest()
  const drawn = digest.readUIntBE(0, 6) * 32 + (digest.readUInt8(6) & 31)
  return FIRST_DRAWN_ID + (drawn % DRAWN_IDS)
}

/** One item of `new`, or of `GET /v1/decisions`. */
export function decisionJson(decision: HeldDecision, seconds: number): string {
  const { uuid } = decision
  return itemJson(wireNames(decision), seconds, idOf(decision), uuid)
}

/** One item: text that a stranger wrote is escaped here. */
export function itemJson(names: WireNames, seconds: number, id: number | undefined, uuid?: string): string {
  const { origin, scenario, scope, type, value } = names
  const number = id === undefined ? '' : `"id":${id},`
  const unique = uuid === undefined ? '' : `"uuid":${JSON.stringify(uuid)},`
  return `{"duration":"${wireDuration(seconds)}",${number}"origin":${JSON.stringify(origin)},"scenario":${JSON.stringify(scenario)},"scope":${JSON.stringify(scope)},"type":${JSON.stringify(type)},${unique}"value":${JSON.stringify(value)}}`
}
