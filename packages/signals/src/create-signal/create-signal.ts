import { v7 as uuidV7 } from 'uuid'
import { InputError, type InputIssue, type Refuse } from '../errors.js'
import { SIGNAL_NAMES } from '../options/other-names.js'
import { unknownKeyIssues } from '../options/unknown-keys.js'
import { printable } from '../printable/printable.js'
import type { SignalContext } from '../wire/context.js'
import type { SignalDecision } from '../wire/decision.js'
import type { Signal } from '../wire/signal.js'
import { type AttackerInput, readAttacker } from './attacker.js'
import { readContext } from './read-context.js'
import { readDecisions } from './read-decisions.js'
import { readTimes } from './read-times.js'
import { scenarioRule } from './scenario.js'
import { textRule } from './text.js'

/**
 * When something happened: a `Date`, epoch milliseconds, or text in a form that `parseTimestamp`
 * reads. Text without a zone is UTC. From the year 2000 to a day ahead of now.
 */
export type Instant = Date | string | number

/** What {@link createSignal} takes. */
export interface CreateSignalInput extends AttackerInput {
  /** `vendor/name`, e.g. `crowdsecurity/ssh-bf`. */
  readonly scenario: string
  readonly createdAt: Instant
  /** The machine that reports: its id at CAPI. */
  readonly machineId: string
  /** First event. Default: `createdAt`. */
  readonly startAt?: Instant | undefined
  /** Last event, not before the first. Default: `createdAt`, or `startAt` if that is later. */
  readonly stopAt?: Instant | undefined
  /**
   * Any RFC 9562 uuid is kept as it is. Default: a new one of version 7, which stores append in
   * order.
   */
  readonly uuid?: string | undefined
  /** Default: a sentence that names attacker and scenario. */
  readonly message?: string | undefined
  /** SHA-256 of the scenario's file. Default: empty. */
  readonly scenarioHash?: string | undefined
  /** Default: empty. */
  readonly scenarioVersion?: string | undefined
  /** `manual`, `custom`, `certified`, `tainted`, … Default: `manual`. */
  readonly scenarioTrust?: string | undefined
  /** Details: an object (a list as its value repeats the key) or key and value pairs. */
  readonly context?: Readonly<Record<string, string | readonly string[]>> | readonly SignalContext[] | undefined
  /** What was done about it. Default: none. */
  readonly decisions?: readonly SignalDecision[] | undefined
  /** Where it was seen: `crowdsec`, `waf`, … Default: left out. */
  readonly kind?: string | undefined
  readonly alertId?: number | undefined
  /** Epoch milliseconds: no time may be more than a day ahead of it. Default `Date.now()`. */
  readonly now?: number | undefined
}

/** A signal with everything that {@link createSignal} fills in. */
export type CreatedSignal = Signal & {
  uuid: string
  machine_id: string
  created_at: string
  decisions: SignalDecision[]
}

const KEYS = new Set(
  Object.keys({
    attackerIp: true,
    source: true,
    cn: true,
    asName: true,
    asNumber: true,
    latitude: true,
    longitude: true,
    scenario: true,
    createdAt: true,
    machineId: true,
    startAt: true,
    stopAt: true,
    uuid: true,
    message: true,
    scenarioHash: true,
    scenarioVersion: true,
    scenarioTrust: true,
    context: true,
    decisions: true,
    kind: true,
    alertId: true,
    now: true,
  } satisfies Record<keyof CreateSignalInput, true>),
)

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * Makes a signal that CAPI accepts. Times come out as RFC 3339 in UTC, addresses in canonical form;
 * what is unset is left out. A name that is not known here is refused, whatever it holds: a detail
 * that goes missing in silence is found out by nobody.
 *
 * @throws InputError that lists every wrong value with its path and the rule, unknown names too,
 * with those that were meant.
 */
export function createSignal(input: CreateSignalInput): CreatedSignal {
  const issues: InputIssue[] = []
  const refuse = (path: string, value: unknown, rule: string) => issues.push({ path, value: printable(value), rule })
  const add = (found: readonly InputIssue[]) => issues.push(...found)
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    refuse('input', input, 'must be an object')
    throw new InputError('No signal was made', issues)
  }
  const text = (
    path: 'message' | 'scenarioHash' | 'scenarioVersion' | 'scenarioTrust' | 'kind',
    fallback: string,
  ): string => {
    const value = input[path] ?? fallback
    const rule = textRule(value)
    if (rule !== undefined) refuse(path, value, rule)
    return value
  }
  add(unknownKeyIssues(input, KEYS, { aliases: SIGNAL_NAMES }))
  const source = readAttacker(input, refuse, add)
  checkNames(input, refuse)
  const times = readTimes(input, readNow(input, refuse), refuse)
  const context = readContext(input.context, refuse, add)
  const decisions = readDecisions(input.decisions, refuse, add)
  const performed = issues.length === 0 && source ? `${source.scope} ${source.value} performed '${input.scenario}'` : ''
  const signal: CreatedSignal = {
    message: text('message', performed),
    scenario: input.scenario,
    scenario_hash: text('scenarioHash', ''),
    scenario_version: text('scenarioVersion', ''),
    scenario_trust: text('scenarioTrust', 'manual'),
    source: source ?? { scope: '', value: '' },
    ...times,
    machine_id: input.machineId,
    uuid: input.uuid ?? uuidV7(),
    ...(context !== undefined && { context }),
    decisions,
  }
  if (input.kind !== undefined) signal.kind = text('kind', '')
  if (input.alertId !== undefined) signal.alert_id = input.alertId
  if (issues.length > 0) throw new InputError('No signal was made', issues)
  return signal
}

const matches = (pattern: RegExp, value: unknown) => typeof value === 'string' && pattern.test(value)

function checkNames({ scenario, machineId, uuid, alertId }: CreateSignalInput, refuse: Refuse): void {
  const scenarioProblem = scenarioRule(scenario)
  if (scenarioProblem !== undefined) refuse('scenario', scenario, scenarioProblem)
  if (!matches(/^[a-zA-Z0-9]{1,128}$/, machineId)) refuse('machineId', machineId, 'must be 1 to 128 letters and digits')
  if (uuid !== undefined && !matches(UUID, uuid)) refuse('uuid', uuid, 'must be a uuid')
  if (alertId !== undefined && !Number.isSafeInteger(alertId)) refuse('alertId', alertId, 'must be a whole number')
}

function readNow({ now = Date.now() }: CreateSignalInput, refuse: Refuse): number {
  const isInstant = typeof now === 'number' && Math.abs(now) <= 8.64e15
  if (!isInstant) refuse('now', now, 'must be epoch milliseconds')
  return isInstant ? now : Date.now()
}
