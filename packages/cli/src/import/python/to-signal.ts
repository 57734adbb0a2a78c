import { attackUuid } from '@cscapi/inputs'
import { createSignal, InputError, type SignalDecision, type SourceInput } from '@cscapi/signals'
import type { RefusedRow, SourceSignal } from '../source.js'
import type { ContextRow, DecisionRow, SignalRow, SourceRow } from './rows.js'

/** A signal with all that hangs on it. */
export interface SignalParts {
  readonly signal: SignalRow
  readonly source: SourceRow | undefined
  readonly context: readonly ContextRow[]
  readonly decisions: readonly DecisionRow[]
}

/** Makes of a row what the Python SDK would have sent, or says why it is no signal. */
export function toSignal(row: string, parts: SignalParts, now: number): SourceSignal | RefusedRow {
  const { signal, source, context, decisions } = parts
  const refuse = (reason: string): RefusedRow => ({ row, what: 'signal', reason })
  if (source === undefined) return refuse('it has no source')
  try {
    const made = createSignal({
      source: toSource(source),
      scenario: signal.scenario ?? '',
      machineId: signal.machine_id ?? '',
      createdAt: signal.created_at ?? '',
      startAt: signal.start_at || undefined,
      stopAt: signal.stop_at || undefined,
      uuid: signal.uuid || undefined,
      message: signal.message ?? undefined,
      scenarioHash: signal.scenario_hash ?? undefined,
      scenarioVersion: signal.scenario_version ?? undefined,
      scenarioTrust: signal.scenario_trust ?? undefined,
      context:
        context.length === 0 ? undefined : context.map(({ key, value }) => ({ key: key ?? '', value: value ?? '' })),
      decisions: decisions.map(toDecision),
      now,
    })
    const { uuid, ...content } = made
    return { row, signal: { ...made, uuid: signal.uuid ? uuid : attackUuid(JSON.stringify(content)) } }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return refuse(error.issues.map(({ path, rule, value }) => `${path}: ${rule} (got ${value})`).join('; '))
  }
}

/** The scope follows from what is filled in, as in the Python SDK; its first generation kept no value. */
function toSource({ signal: _, scope, value, ip, range, ...details }: SourceRow): SourceInput {
  return {
    scope: (ip && 'Ip') || (range && 'Range') || (scope ?? ''),
    value: value || ip || range || '',
    ...(ip && { ip }),
    ...(range && { range }),
    ...withoutNull(details),
  }
}

/** What is missing is told by createSignal. */
function toDecision({ signal: _, simulated, ...decision }: DecisionRow): SignalDecision {
  const flag = simulated === null || simulated === undefined ? {} : { simulated: Boolean(simulated) }
  return { ...withoutNull(decision), ...flag } as SignalDecision
}

type WithoutNull<T> = { [Key in keyof T]?: NonNullable<T[Key]> }

function withoutNull<T extends object>(row: T): WithoutNull<T> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as WithoutNull<T>
}
