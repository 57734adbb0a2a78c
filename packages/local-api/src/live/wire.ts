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
  return id ?? FIRST_DRAWN_ID + (drawn(`${origin} ${scope} ${remediation} ${value}`) % DRAWN_IDS)
}

/** 53 bits of a text, of two halves that are mixed apart: a million are drawn in a fraction of a second. */
function drawn(text: string): number {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    high = Math.imul(high ^ code, 0x9e3779b1)
    low = Math.imul(low ^ code, 0x5f356495)
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35)
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35)
  return 2 ** 32 * (high & 0x1fffff) + (low >>> 0)
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
  return `{"duration":"${wireDuration(seconds)}",${number}"origin":${quoted(origin)},"scenario":${quoted(scenario)},"scope":${quoted(scope)},"type":${quoted(type)},${unique}"value":${JSON.stringify(value)}}`
}

const MOST_QUOTED = 1_000
const QUOTED = new Map<string, string>()

/** Many entries have the same few words. */
function quoted(word: string): string {
  const known = QUOTED.get(word)
  if (known !== undefined) return known
  const text = JSON.stringify(word)
  if (QUOTED.size >= MOST_QUOTED) QUOTED.clear()
  QUOTED.set(word, text)
  return text
}
