import type { CreateSignalInput } from '../create-signal/signal-input.js'
import { InputError } from '../errors.js'
import { SIGNAL_NAMES } from '../options/other-names.js'
import type { SignalContext } from '../wire/context.js'
import type { SignalDecision } from '../wire/decision.js'
import type { Source } from '../wire/source.js'
import { readAttacker } from './read-attacker.js'
import { readContext } from './read-context.js'
import { readDecisions } from './read-decisions.js'
import { readTimes, type SignalTimes } from './read-times.js'
import { Refusals } from './refusals.js'
import { scenarioRule } from './scenario-rule.js'
import { textRule } from './text-rule.js'

/** What of a valid input goes on the wire in another form than it came. */
export interface ValidSignal extends SignalTimes {
  readonly source: Source
  readonly context: SignalContext[] | undefined
  readonly decisions: SignalDecision[]
}

const KEYS = {
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
} satisfies Record<keyof CreateSignalInput, true>

const TEXTS = ['message', 'scenarioHash', 'scenarioVersion', 'scenarioTrust', 'kind'] as const
const MACHINE_ID = /^[a-zA-Z0-9]{1,128}$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * Reads all of an input in one pass.
 *
 * @throws InputError that lists everything that is wrong with it
 */
export function validateSignal(input: CreateSignalInput): ValidSignal {
  const refusals = new Refusals()
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    refusals.refuse('input', input, 'must be an object')
    throw new InputError('No signal was made', refusals.issues)
  }
  refusals.refuseUnknownKeys(input, KEYS, '', SIGNAL_NAMES)
  const source = readAttacker(input, refusals)
  checkNames(input, refusals)
  const { created, start, stop } = readTimes(input, readNow(input, refusals), refusals)
  const context = readContext(input.context, refusals)
  const decisions = readDecisions(input.decisions, refusals)
  for (const path of TEXTS) {
    const value: unknown = input[path] ?? ''
    refusals.refuse(path, value, textRule(value))
  }
  if (source === undefined || refusals.issues.length > 0) throw new InputError('No signal was made', refusals.issues)
  return { source, created, start, stop, context, decisions }
}

function checkNames({ scenario, machineId, uuid, alertId }: CreateSignalInput, refusals: Refusals): void {
  refusals.refuse('scenario', scenario, scenarioRule(scenario))
  if (!matches(MACHINE_ID, machineId)) refusals.refuse('machineId', machineId, 'must be 1 to 128 letters and digits')
  if (uuid !== undefined && !matches(UUID, uuid)) refusals.refuse('uuid', uuid, 'must be a uuid')
  if (alertId !== undefined && !Number.isSafeInteger(alertId))
    refusals.refuse('alertId', alertId, 'must be a whole number')
}

const matches = (pattern: RegExp, value: unknown) => typeof value === 'string' && pattern.test(value)

function readNow({ now = Date.now() }: CreateSignalInput, refusals: Refusals): number {
  const isInstant = typeof now === 'number' && Math.abs(now) <= 8.64e15
  if (!isInstant) refusals.refuse('now', now, 'must be epoch milliseconds')
  return isInstant ? now : Date.now()
}
