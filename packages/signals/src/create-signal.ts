import { v7 as uuidV7 } from 'uuid'
import { type AttackerInput, readAttacker } from './attacker.js'
import type { SignalContext } from './context.js'
import type { SignalDecision } from './decision.js'
import { InputError, type InputIssue, printable, type Refuse } from './errors.js'
import { readContext } from './read-context.js'
import { readDecisions } from './read-decisions.js'
import { scenarioRule } from './scenario.js'
import type { Signal } from './signal.js'
import { textRule } from './text.js'
import { compareTimestamps, formatTimestamp, parseTimestamp, type Timestamp } from './timestamp.js'

/** When something happened: a `Date`, epoch milliseconds, or text in a form that {@link parseTimestamp} reads. Text without a zone is UTC. */
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
  /** Any RFC 9562 uuid is kept as it is. Default: a new one of version 7, which stores append in order. */
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
}

/** A signal with everything that {@link createSignal} fills in. */
export type CreatedSignal = Signal & {
  uuid: string
  machine_id: string
  created_at: string
  decisions: SignalDecision[]
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * Makes a signal that CAPI accepts. Times come out as RFC 3339 in UTC, addresses in canonical form; what is unset is left out.
 *
 * @throws InputError that lists every wrong value with its path and the rule.
 */
export function createSignal(input: CreateSignalInput): CreatedSignal {
  const issues: InputIssue[] = []
  const refuse = (path: string, value: unknown, rule: string) => issues.push({ path, value: printable(value), rule })
  if (typeof input !== 'object' || input === null) {
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
  const source = readAttacker(input, refuse)
  checkNames(input, refuse)
  const times = readTimes(input, refuse)
  const context = readContext(input.context, refuse)
  const decisions = readDecisions(input.decisions, refuse)
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

function readTimes(
  input: CreateSignalInput,
  refuse: Refuse,
): { created_at: string; start_at: string; stop_at: string } {
  const read = (path: 'createdAt' | 'startAt' | 'stopAt'): Timestamp | undefined => {
    const timestamp = parseTimestamp(input[path] as Instant)
    if (timestamp === undefined)
      refuse(path, input[path], 'must be a Date, epoch milliseconds or an ISO 8601 date and time')
    return timestamp
  }
  const created = read('createdAt')
  const start = input.startAt === undefined ? created : read('startAt')
  const stop = input.stopAt === undefined ? latest(created, start) : read('stopAt')
  if (start !== undefined && stop !== undefined && compareTimestamps(stop, start) < 0) {
    const from = input.startAt === undefined ? 'createdAt' : 'startAt'
    refuse('stopAt', input.stopAt, `must not be before ${from} (${formatTimestamp(start)})`)
  }
  return { created_at: written(created), start_at: written(start), stop_at: written(stop) }
}

function latest(a: Timestamp | undefined, b: Timestamp | undefined): Timestamp | undefined {
  return a !== undefined && b !== undefined && compareTimestamps(a, b) > 0 ? a : b
}

/** What could not be read was refused, and is never seen. */
const written = (timestamp: Timestamp | undefined) => (timestamp === undefined ? '' : formatTimestamp(timestamp))
