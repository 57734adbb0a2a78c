import { abortSignalSchema, functionSchema, SECRET_OPTIONS, Secret } from '@cscapi/core'
import { CLIENT_NAMES, InputError, type InputIssue, printable, readOptions, suggestKey } from '@cscapi/signals'
import * as z from 'zod'
import type { GetDecisionsOptions } from '../decisions/get-decisions.js'
import type { PullOptions } from '../decisions/pulled-decisions.js'
import type { AddOptions } from '../intake/intake.js'
import type { PurgeFilter, RejectedFilter } from '../kept-signals/dead-letters.js'
import type { StopOptions } from '../lifecycle/shutdown.js'
import type { EnrollOptions } from '../machines/enroll.js'
import type { MachinesFilter } from '../machines/machines.js'
import { eventNames } from '../observing/logger.js'
import { scenariosSchema } from '../options.js'
import type { SendOptions } from '../sending/send-due.js'

/**
 * Reads what a call was given; whatever is not known to it is refused. @throws InputError `what`
 * that lists everything that is wrong.
 */
export function readCall<Schema extends z.ZodType>(what: string, schema: Schema, given: unknown): z.output<Schema> {
  return readOptions(what, schema, given, { aliases: CLIENT_NAMES, secrets: SECRET_OPTIONS })
}

const signal = abortSignalSchema.optional()
const flag = z.boolean().optional()
/** Whether it is one of CAPI's is for the call to say, which knows `allowLongMachineIds`. */
const machineId = z.string().min(1)
const ageMs = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

/** A field that is new in a call's options has to be checked here, too. */
type Fields<Options> = Record<keyof Options, z.ZodType>

/** What each call takes. The types that users see are beside the functions that do the work. */
export const callSchemas = {
  signalOnly: z.strictObject({ signal }),
  add: z.strictObject({
    onFiltered: functionSchema<(filtered: unknown) => void>().optional(),
    dedup: flag,
    signal,
  } satisfies Fields<AddOptions>),
  send: z.strictObject({
    prune: flag,
    batchSize: z.int().min(1).max(1_000).optional(),
    concurrency: z.int().min(1).max(256).optional(),
    signal,
    onProgress: functionSchema<(progress: unknown) => void>().optional(),
  } satisfies Fields<SendOptions>),
  getDecisions: z.strictObject({
    machineId,
    scenarios: scenariosSchema.optional(),
    communityPull: flag,
    additionalPull: flag,
    startup: flag,
    signal,
  } satisfies Fields<GetDecisionsOptions>),
  pull: z.strictObject({
    machineId,
    force: flag,
    scenarios: scenariosSchema.optional(),
    signal,
  } satisfies Fields<PullOptions>),
  // The ids and the tags are checked one by one where they are used, together with the key.
  enroll: z.strictObject({
    machineIds: z.array(z.unknown()).min(1, 'must name a machine'),
    attachmentKey: z.union([z.string(), z.instanceof(Secret)], 'must be text'),
    name: z.string().optional(),
    tags: z.array(z.unknown()).optional(),
    overwrite: flag,
    signal,
  } satisfies Fields<EnrollOptions>),
  rejected: z.strictObject({
    machineId: machineId.optional(),
    olderThanMs: ageMs.optional(),
    signal,
  } satisfies Fields<RejectedFilter>),
  purge: z.strictObject({ machineId: machineId.optional(), olderThanMs: ageMs, signal } satisfies Fields<PurgeFilter>),
  machines: z.strictObject({ failing: flag, signal } satisfies Fields<MachinesFilter>),
  verify: z.strictObject({ machineId: machineId.optional(), signal }),
  stop: z.strictObject({
    deadlineMs: z.int().min(100).max(3_600_000).optional(),
    signal,
  } satisfies Fields<StopOptions>),
} as const

const isIterable = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)

/**
 * @throws InputError unless they are an array, an iterable or an async iterable. Text is iterable
 * too, and no signals.
 */
export function assertSignals(what: string, signals: unknown): void {
  if (isIterable(signals)) return
  const isSignal = typeof signals === 'object' && signals !== null && 'scenario' in signals
  const rule = 'must be an array of signals, or another iterable of them'
  refuse(what, { path: 'signals', value: printable(signals), rule: isSignal ? `${rule}; put one into an array` : rule })
}

/** The ids, each once. @throws InputError unless they are an iterable of texts. */
export function readMachineIds(what: string, machineIds: unknown): string[] {
  const rule = 'must be an array of machine ids, or another iterable of them'
  if (!isIterable(machineIds) || !(Symbol.iterator in machineIds)) {
    const isId = typeof machineIds === 'string'
    refuse(what, {
      path: 'machineIds',
      value: printable(machineIds),
      rule: isId ? `${rule}; put one into an array` : rule,
    })
  }
  const ids: unknown[] = [...(machineIds as Iterable<unknown>)]
  const isId = (id: unknown): id is string => typeof id === 'string' && id !== ''
  const issues = ids.flatMap((id, index) =>
    isId(id) ? [] : [{ path: `machineIds[${index}]`, value: printable(id), rule: 'must be a machine id' }],
  )
  if (issues.length > 0) throw new InputError(what, issues)
  return [...new Set(ids.filter(isId))]
}

/** @throws InputError for a name that no event has, or a listener that cannot be called. */
export function assertListener(name: unknown, listener: unknown): void {
  const names: readonly unknown[] = eventNames
  const issues: InputIssue[] = []
  if (!names.includes(name)) {
    const meant = typeof name === 'string' ? suggestKey(name, eventNames) : undefined
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`
    issues.push({ path: 'name', value: printable(name), rule: `must be one of ${eventNames.join(', ')}${hint}` })
  }
  if (typeof listener !== 'function') {
    issues.push({ path: 'listener', value: printable(listener), rule: 'must be a function' })
  }
  if (issues.length > 0) throw new InputError('Nobody listens', issues)
}

function refuse(what: string, issue: InputIssue): never {
  throw new InputError(what, [issue])
}
