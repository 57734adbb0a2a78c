import { InputError, type InputIssue, machineIdRule, turn } from '@cscapi/core'
import { ADDRESS_RULE, issuesOfSchema, printable, type Signal, signalSchema } from '@cscapi/signals'
import type { QueuedSignal } from '@cscapi/storage'
import type { AddressFilter, FilterReason } from './address-filter.js'
import { type Redact, redactContext } from './redact-context.js'

/** A signal that does not leave, and why. */
export interface FilteredSignal {
  /** Its position among those given. */
  readonly index: number
  /** As it was given. */
  readonly signal: Signal
  /** Why it is left out. */
  readonly reason: FilterReason
  /** For people: which address meets which rule. */
  readonly detail: string
}

/** A signal that may leave. */
export interface Candidate {
  readonly index: number
  readonly signal: Signal
  readonly queued: QueuedSignal
}

export interface CheckOptions {
  readonly filter: AddressFilter
  readonly redact: Redact | undefined
  readonly allowLongMachineIds: boolean
}

/**
 * Parts signals into those that may leave, as they will, and those that are left out for an
 * address. `offset` is the position of the first.
 *
 * @throws InputError naming everything that is wrong with any of them.
 * @throws CscapiError `redact_failed`
 */
export async function checkSignals(
  options: CheckOptions,
  signals: readonly Signal[],
  offset: number,
): Promise<{ candidates: Candidate[]; filtered: FilteredSignal[] }> {
  const issues: InputIssue[] = []
  const candidates: Candidate[] = []
  const filtered: FilteredSignal[] = []
  // By position, since forEach passes over the holes of an array.
  for (const [position, signal] of signals.entries()) {
    if (position > 0 && position % PER_TURN === 0) await turn()
    const index = offset + position
    const path = `signals[${index}]`
    const wrong = issuesWith(signal, path, options)
    const { unreadable, refusal } = wrong.length > 0 ? NOTHING : options.filter.judge(signal)
    for (const { path: where, value } of unreadable) {
      wrong.push({ path: `${path}.${where}`, value: printable(value), rule: ADDRESS_RULE })
    }
    if (wrong.length > 0) issues.push(...wrong)
    else if (refusal !== undefined) filtered.push({ index, signal, ...refusal })
    else if (issues.length === 0) candidates.push({ index, signal, queued: toQueued(signal, path, options) })
  }
  if (issues.length > 0) throw new InputError('No signal was added', issues)
  return { candidates, filtered }
}

/** What is checked in some milliseconds. */
const PER_TURN = 100

const NOTHING = { unreadable: [], refusal: undefined }

function issuesWith(signal: Signal, path: string, options: CheckOptions): InputIssue[] {
  const parsed = signalSchema.safeParse(signal)
  if (!parsed.success) return issuesOfSchema(signalSchema, signal, { root: path }) ?? []
  const issues: InputIssue[] = []
  const { machine_id: machineId, uuid } = parsed.data
  const machineRule = machineIdRule(machineId ?? '', options)
  if (machineRule !== undefined)
    issues.push({ path: `${path}.machine_id`, value: printable(machineId), rule: machineRule })
  if (!uuid) issues.push({ path: `${path}.uuid`, value: printable(uuid), rule: 'must be set; createSignal does it' })
  return issues
}

/** The only place where a signal becomes JSON. */
function toQueued(signal: Signal, path: string, { redact }: CheckOptions): QueuedSignal {
  const outgoing = redact === undefined ? signal : redactContext(signal, redact, path)
  return { machineId: signal.machine_id ?? '', uuid: signal.uuid ?? '', payload: JSON.stringify(outgoing) }
}
